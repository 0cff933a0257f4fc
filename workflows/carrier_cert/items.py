"""Which items are there, which are missing, which only licensing can say."""

from __future__ import annotations

from collections.abc import Iterable

from workflows import handoffs
from workflows.carrier_cert.data import CarrierCert
from workflows.effects import Evidence
from workflows.policy_training import TrainingPolicy

CHECKMARKS, PRODUCT = "checkmarks", "product"
PICTURES = ("image/png", "image/jpeg", "image/gif", "image/webp")
PDF = "application/pdf"


def source_of(policy: TrainingPolicy, item: str) -> tuple[str, ...]:
    """The items whose claim counts for this one: the checkmarks may include the product modules."""
    return (item, CHECKMARKS) if item == PRODUCT and policy.pace.checkmarks_include_product else (item,)


def has(policy: TrainingPolicy, data: CarrierCert, item: str) -> bool:
    """Whether the item is claimed or verified."""
    return any(data.claim(each) for each in source_of(policy, item))


def verified(policy: TrainingPolicy, data: CarrierCert, item: str) -> bool:
    """Whether licensing has agreed."""
    found = (data.claim(each) for each in source_of(policy, item))
    return any(claim.verified_at for claim in found if claim)


def required(policy: TrainingPolicy, n: int) -> tuple[str, ...]:
    """All items of the first n checkpoints, each once."""
    return tuple(dict.fromkeys(item for checkpoint in policy.pace.checkpoint[:n] for item in checkpoint.required))


def missing(policy: TrainingPolicy, data: CarrierCert, n: int) -> tuple[str, ...]:
    """The items of the first n checkpoints that are not even claimed."""
    return tuple(item for item in required(policy, n) if not has(policy, data, item))


def behind(policy: TrainingPolicy, data: CarrierCert) -> bool:
    """Whether something is missing of the checkpoints that were watched."""
    return data.judged > data.skipped and bool(missing(policy, data, data.judged))


def complete(policy: TrainingPolicy, data: CarrierCert) -> bool:
    """Whether licensing has verified all that COMPLETE needs, or somebody who may has let it pass."""
    return bool(data.waived) or all(verified(policy, data, item) for item in policy.pace.proof.items)


def awaited(policy: TrainingPolicy, data: CarrierCert) -> tuple[str, ...]:
    """Items claimed and waiting for licensing."""
    found = (data.claim(item) for item in policy.pace.proof.items)
    return tuple(claim.item for claim in found if claim and not claim.verified_at)


def unclaimed(policy: TrainingPolicy, data: CarrierCert) -> tuple[str, ...]:
    """What COMPLETE needs and nobody has even claimed."""
    return tuple(item for item in policy.pace.proof.items if not has(policy, data, item))


def exam_item(policy: TrainingPolicy, said: handoffs.ExamSaidPassed) -> str:
    """The item an exam stands for, by the names the pack gives it; "" for none."""
    names = {said.exam.casefold(), said.name.casefold()}
    return next((item for item, known in policy.pace.proof.exams.items() if names & {n.casefold() for n in known}), "")


def reported(report: handoffs.Reported) -> tuple[str, ...]:
    """The items a report says are done; a "no" takes nothing back."""
    said = (
        *(f"M{n}" for n in report.modules),
        *(f"Q{n}" for n in report.quizzes),
        *(("final",) if report.ahip == "passed" else ()),
        *(("aetna",) if report.aetna else ()),
        *((CHECKMARKS,) if report.checkmarks else ()),
        *((PRODUCT,) if report.product else ()),
        *(("pw",) if report.producer_world else ()),
    )
    return tuple(dict.fromkeys(said))


def usable(policy: TrainingPolicy, files: Iterable[Evidence]) -> tuple[Evidence, ...]:
    """The files that can prove something: PDFs, and pictures large enough to be read."""
    least = policy.pace.proof.least_pixels
    return tuple(
        file
        for file in files
        if file.type == PDF or (file.type in PICTURES and (not file.width or min(file.width, file.height) >= least))
    )


def held(files: Iterable[Evidence]) -> Evidence | None:
    """The file another agent had sent before: people look at it before it counts for anything."""
    return next((file for file in files if file.seen_from), None)


def fileless(policy: TrainingPolicy, data: CarrierCert, report: handoffs.Reported) -> tuple[str, ...]:
    """Items of the report that need a file and have none."""
    if usable(policy, report.evidence):
        return ()
    said = reported(report)
    return tuple(item for item in policy.pace.proof.file if item in said and data.claim(item) is None)


def counted(policy: TrainingPolicy, data: CarrierCert, report: handoffs.Reported) -> tuple[str, ...]:
    """Items of the report that are new and may be claimed."""
    without = fileless(policy, data, report)
    return tuple(item for item in reported(report) if item not in without and data.claim(item) is None)


def out_of_order(data: CarrierCert, report: handoffs.Reported) -> tuple[int, ...]:
    """The modules that would come before the ones reported and are not done, when a later one is."""
    known = {int(claim.item[1:]) for claim in data.claims if claim.item[0] == "M" and claim.item[1:].isdigit()}
    news = set(report.modules) - known
    return tuple(n for n in range(1, max(news, default=0)) if n not in known | set(report.modules))
