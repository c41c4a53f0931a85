"""The enterprises of the demo park (fictional; codes begin with the demo region 990101)."""

from datetime import date
from importlib.resources import files
from uuid import UUID

import yaml

from approvals.enterprise.model import Enterprise
from approvals.enterprise.register import tell
from shared.actor import SYSTEM
from shared.service import Runtime


def enter_enterprises(runtime: Runtime) -> None:
    """Enter the demo enterprises that are not in the register yet."""
    text = (files("approvals.enterprise.demo") / "enterprises.yaml").read_text("utf-8")
    for row in yaml.safe_load(text)["enterprises"]:
        with runtime.transaction(SYSTEM) as tx:
            if tx.session.get(Enterprise, row["uscc"]) is not None:
                continue
            enterprise = Enterprise(
                uscc=row["uscc"],
                event_sequence=0,
                name=row["name"],
                company_type=row["company_type"],
                legal_representative=row["legal_representative"],
                region_code=row["region_code"],
                address=row["address"],
                industry_code=row["industry_code"],
                business_scope=row["business_scope"],
                registered_capital_fen=row["registered_capital_wan"] * 1_000_000,
                established_on=date.fromisoformat(str(row["established_on"])),
                status="active",
                # Whoever acts for it in the demo; the gateway makes them its administrator.
                applicant_account_id=UUID(row["applicant"]) if "applicant" in row else None,
                registered_at=tx.now,
            )
            tx.session.add(enterprise)
            tx.session.flush()
            tx.audit("enterprise.entered", "enterprise", enterprise.uscc, {"source": "demo park"})
            tell(tx, enterprise)
