"""Official identifiers: what they look like, how they are checked, what to say when they are wrong.

Every reader takes what a person typed and either returns a typed value or raises an `IdentifierError` with a
stable code and a sentence in both languages. What is probably right but cannot be confirmed, because the
table here is an extract, comes back as a `Caution`.
"""
