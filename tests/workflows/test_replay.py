"""Stored histories replay under the present code: a running case outlives the next release."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from temporalio import workflow
from temporalio.client import WorkflowHistory
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.worker import Replayer
from temporalio.workflow import NondeterminismError

from schema.codes import Action, Role
from schema.events import Actor
from tests.workflows.conftest import Town
from worker import workflow_runner
from workflows.petition import PetitionWorkflow
from workflows.recomputing import RecomputeWorkflow

HISTORIES = Path(__file__).parent / "histories"
NOISE = "마포구 성산동 아파트 층간소음을 관리사무소가 여러 달 방치합니다. 조치해 주세요."


def replayer() -> Replayer:
    """The one that a deployment would be judged by: same converter, same sandbox."""
    return Replayer(
        workflows=[PetitionWorkflow, RecomputeWorkflow],
        data_converter=pydantic_data_converter,
        workflow_runner=workflow_runner(),
    )


def stored(path: Path) -> WorkflowHistory:
    """A stored history."""
    return WorkflowHistory.from_json(path.stem, path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("path", sorted(HISTORIES.glob("*.json")), ids=lambda path: path.stem)
async def test_an_old_history_replays_under_the_present_code(path: Path) -> None:
    """Recorded by the release of the day in its name; a new one is added by `keep_history`."""
    await replayer().replay_workflow(stored(path))


@workflow.defn(name="PetitionWorkflow", sandboxed=False)
class AnotherWorkflow:
    """Code that could not have made our histories: it only sleeps."""

    @workflow.run
    async def run(self, number: str) -> None:
        """Sleep first, where ours loads the case."""
        await workflow.sleep(1)


async def test_a_history_that_the_code_could_not_have_made_is_noticed() -> None:
    """The replay can fail."""
    other = Replayer(workflows=[AnotherWorkflow], data_converter=pydantic_data_converter)
    with pytest.raises(NondeterminismError):
        await other.replay_workflow(stored(min(HISTORIES.glob("*.json"))))


async def keep_history(town: Town, number: str, name: str) -> Path:
    """Store the history of a case's workflow beside the others, without the worker's name."""
    history = await town.handle(number).fetch_history()
    plain = re.sub(r'"identity": *"[^"]*"', '"identity": "worker"', history.to_json())
    path = HISTORIES / f"{name}.json"
    path.write_text(plain, encoding="utf-8")
    return path


async def test_a_history_of_today_replays(
    town: Town, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Supplement, merge, un-merge, escalation: what the present code records, it replays."""
    monkeypatch.setattr("tests.workflows.test_replay.HISTORIES", tmp_path)
    number, other = await town.file(NOISE, item="HB04"), await town.file(NOISE, item="HB04")
    officer = await town.officer(number)
    citizen = Actor(role=Role.CITIZEN)
    await town.act(number, Action.REQUEST_SUPPLEMENT, actor=officer, text="사진이 필요", days=7)
    await town.env.sleep(timedelta(days=2))
    await town.act(number, Action.SUPPLEMENT, actor=citizen, text="보냅니다")
    await town.act(number, Action.MERGE, actor=officer, into=other)
    await town.act(number, Action.UNMERGE, actor=officer)
    await town.env.sleep(timedelta(days=40))
    await town.act(number, Action.ANSWER, actor=officer, text="조치했습니다.")
    for case in (number, other):
        path = await keep_history(town, case, f"today-{case}")
        await replayer().replay_workflow(stored(path))
