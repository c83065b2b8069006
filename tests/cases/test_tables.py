"""The migrated tables are the documented ones."""

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine

from cases.connectors.interface import Operation, Outcome
from cases.drafts import Channel, MarketingChannel
from cases.files.kinds import FileKind
from cases.letters.ways import LetterWay
from cases.packages.states import PackageState
from cases.storage import (
    block_task_rows,
    connector_rows,
    file_rows,
    identity_rows,
    letter_rows,
    package_rows,
    task_rows,
)
from cases.storage.rows import Base
from foundation.database import sqlalchemy_url
from privacy.case_states import CaseStatus, Resolution
from privacy.checklist import TaskAction, TaskState
from privacy.deadlines import PauseReason
from privacy.letters import LetterKind
from privacy.request_types import RequestType

pytestmark = pytest.mark.database

MODULES_WITH_TABLES = (block_task_rows, connector_rows, file_rows, identity_rows, letter_rows, package_rows, task_rows)
OWN = {table.name for table in Base.metadata.tables.values()}


def is_ours(item, name, kind, _reflected, _other) -> bool:
    table = name if kind == "table" else getattr(getattr(item, "table", None), "name", None)
    return table in OWN


@pytest.fixture
def connection(database_url):
    engine = create_engine(sqlalchemy_url(database_url))
    with engine.connect() as connection:
        yield connection
    engine.dispose()


def test_the_migration_makes_exactly_the_tables_that_the_code_describes(connection):
    context = MigrationContext.configure(
        connection, opts={"include_schemas": True, "include_object": is_ours, "compare_type": True}
    )

    assert compare_metadata(context, Base.metadata) == []


@pytest.mark.parametrize(
    ("constraint", "words"),
    [
        ("ck_privacy_case_request_type", RequestType),
        ("ck_privacy_case_status", CaseStatus),
        ("ck_privacy_case_resolution", Resolution),
        ("ck_case_pause_reason", PauseReason),
        ("ck_marketing_block_channel", MarketingChannel),
        ("ck_block_task_state", TaskState),
        ("ck_case_file_kind", FileKind),
        ("ck_access_package_state", PackageState),
        ("ck_case_letter_kind", LetterKind),
        ("ck_case_letter_way", LetterWay),
        ("ck_case_task_action", TaskAction),
        ("ck_connector_order_operation", Operation),
        ("ck_connector_order_outcome", Outcome),
        ("ck_case_task_state", TaskState),
    ],
)
def test_the_database_knows_every_word_of_the_code(connection, constraint, words):
    query = "SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = %s"
    definition = connection.exec_driver_sql(query, (constraint,)).scalar_one()

    assert {part for part in definition.split("'") if part in {*words}} == {*words}


def test_every_channel_has_a_label_of_its_own():
    assert len({channel.label for channel in Channel}) == len(Channel)
