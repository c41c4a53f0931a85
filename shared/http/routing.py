"""Routes that are quick to make: there are hundreds, in every process."""

from collections.abc import Callable

from werkzeug.routing import Rule

Builder = Callable[..., tuple[str, str]]


class LateRule(Rule):
    """A route that writes the code by which its addresses are put together when the first one is wanted.

    Werkzeug writes it for every route at the start, twice, which is most of what a route costs; an API's own
    addresses are hardly ever asked for.
    """

    def _compile_builder(self, append_unknown: bool = True) -> Builder:
        make, made = super()._compile_builder, list[Builder]()

        def build(rule: Rule, **values: object) -> tuple[str, str]:
            if not made:
                made.append(make(append_unknown))
            return made[0](rule, **values)

        return build
