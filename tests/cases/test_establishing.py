"""An officer establishes who somebody is: the level rises, the history says how and by whom, a wait for it ends."""

from datetime import date

import pytest
from sqlalchemy import text

from cases.audit import verify
from cases.drafts import NOBODY, Actor, IdentificationMethod, Identity
from cases.errors import (
    CaseNotFoundError,
    ForbiddenTransitionError,
    IdentityNotEstablishedError,
    IdentityNotInDoubtError,
)
from privacy.case_states import CaseStatus, Resolution
from privacy.identity_proof import IdentityGap, ProofMethod
from privacy.request_types import IdentityLevel, RequestType

pytestmark = pytest.mark.database

BO = Actor.officer("77")


@pytest.fixture
async def nobodys(service, another):
    """A request for access from somebody who could not identify in the chat."""
    draft = another(identity=NOBODY)
    await service.register(draft)
    return draft.reference


@pytest.fixture
async def by_code(service, another, clock):
    """A rectification by somebody who confirmed an e-mail address."""
    identity = Identity(IdentityLevel.CONTACT, IdentificationMethod.EMAIL_CODE, verified_at=clock())
    draft = another(request_type=RequestType.RECTIFICATION, identity=identity)
    await service.register(draft)
    return draft.reference


async def test_the_level_rises_and_the_history_says_how_and_by_whom(service, identities, nobodys, clock, sessions):
    assert not (await service.read(nobodys)).identity_is_sufficient

    await identities.establish(nobodys, ProofMethod.CALLED_BACK, note="Ringde Karl på 070-…", actor=BO)

    case = await service.read(nobodys)
    assert case.identity_is_sufficient
    assert (case.identity_level, case.identity_method, case.verified_at) == (2, "officer", clock())
    [proof] = await identities.of_case(nobodys)
    assert (proof.method, proof.note, proof.actor_id) == (ProofMethod.CALLED_BACK, "Ringde Karl på 070-…", "77")
    event = (await service.events(nobodys))[-1]
    assert (event.kind, event.actor_id) == ("identity_established", "77")
    assert event.facts == {"method": "called_back", "level_before": 0, "level_after": 2}
    async with sessions() as session:
        assert (await verify(session)).is_intact


async def test_the_note_is_sealed_and_not_in_the_history(identities, nobodys, sessions):
    await identities.establish(nobodys, ProofMethod.MET_IN_PERSON, note="Kände igen Bosse", actor=BO)

    async with sessions() as session:
        rows = (await session.scalars(text("SELECT t::text FROM cases.case_identity t"))).all()
        rows += (await session.scalars(text("SELECT t::text FROM cases.case_event t"))).all()
    assert "Bosse" not in str(rows)
    assert b"Bosse".hex() not in str(rows)


async def test_a_wait_for_the_identity_ends_with_it_and_time_goes_on(service, identities, nobodys, clock):
    await service.transition(nobodys, to=CaseStatus.AWAITING_IDENTITY, version=1, actor=BO, note="Vem är du?")
    assert (await service.read(nobodys)).clock_stopped_on == date(2026, 3, 10)
    clock.advance(days=6)

    await identities.establish(nobodys, ProofMethod.LETTER_ANSWERED, note=None, actor=BO)

    case = await service.read(nobodys)
    assert (case.status, case.clock_stopped_on) == (CaseStatus.IN_PROGRESS, None)
    assert (case.due_on - case.unpaused_due_on).days >= 6
    kinds = [event.kind for event in await service.events(nobodys)]
    assert kinds[-2:] == ["identity_established", "status_changed"]


async def test_a_wait_for_something_else_goes_on(service, identities, nobodys):
    await service.transition(nobodys, to=CaseStatus.AWAITING_CLARIFICATION, version=1, actor=BO, note="Vad menar du?")

    await identities.establish(nobodys, ProofMethod.CALLED_BACK, note=None, actor=BO)

    assert (await service.read(nobodys)).status is CaseStatus.AWAITING_CLARIFICATION


async def test_an_address_is_matched_with_the_register_which_raises_nothing(service, identities, by_code):
    await identities.establish(by_code, ProofMethod.ADDRESS_MATCHED, note=None, actor=BO)

    case = await service.read(by_code)
    assert (case.identity_level, case.identity_method) == (1, "email_code")
    assert [proof.method for proof in await identities.of_case(by_code)] == [ProofMethod.ADDRESS_MATCHED]


async def test_a_stronger_identity_never_becomes_a_weaker_one(service, identities, by_code):
    await identities.establish(by_code, ProofMethod.MET_BY_VIDEO, note=None, actor=BO)
    with pytest.raises(ForbiddenTransitionError):  # what the code confirmed is no longer what the case rests on
        await identities.establish(by_code, ProofMethod.ADDRESS_MATCHED, note=None, actor=BO)

    assert (await service.read(by_code)).identity_level == 2


async def test_no_address_can_match_where_none_was_confirmed(identities, nobodys):
    with pytest.raises(ForbiddenTransitionError):
        await identities.establish(nobodys, ProofMethod.ADDRESS_MATCHED, note=None, actor=BO)

    assert await identities.of_case(nobodys) == []


async def test_what_has_ended_stays_as_it_was(service, identities, nobodys):
    await service.transition(
        nobodys, to=CaseStatus.DECIDED, version=1, actor=BO, resolution=Resolution.WITHDRAWN, note=None
    )

    with pytest.raises(ForbiddenTransitionError):
        await identities.establish(nobodys, ProofMethod.CALLED_BACK, note=None, actor=BO)
    with pytest.raises(CaseNotFoundError):
        await identities.establish("AR-0000-0000", ProofMethod.CALLED_BACK, note=None, actor=BO)


# nothing has its effect before it is known for whom


GIVING, NOT_GIVING = (Resolution.GRANTED, Resolution.PARTLY_GRANTED), (Resolution.REFUSED, Resolution.FORWARDED)


async def decide(service, reference, resolution, *, version=1):
    return await service.transition(
        reference, to=CaseStatus.DECIDED, version=version, actor=BO, resolution=resolution, note=None
    )


@pytest.mark.parametrize("resolution", GIVING)
async def test_nothing_is_granted_to_whom_nobody_knows_until_it_is_written_down_how(
    service, identities, nobodys, resolution
):
    with pytest.raises(IdentityNotEstablishedError) as refused:
        await decide(service, nobodys, resolution)
    assert refused.value.gap is IdentityGap.LEVEL_TOO_LOW
    case = await service.read(nobodys)
    assert (case.status, case.version) == (CaseStatus.RECEIVED, 1), "nothing of the refused step stays"

    await identities.establish(nobodys, ProofMethod.MET_IN_PERSON, note=None, actor=BO)

    assert (await decide(service, nobodys, resolution)).resolution is resolution


async def test_an_address_that_nobody_compared_grants_nothing_either(service, identities, by_code):
    with pytest.raises(IdentityNotEstablishedError) as refused:
        await decide(service, by_code, Resolution.GRANTED)
    assert refused.value.gap is IdentityGap.ADDRESS_NOT_COMPARED

    await identities.establish(by_code, ProofMethod.ADDRESS_MATCHED, note=None, actor=BO)

    assert (await decide(service, by_code, Resolution.GRANTED)).resolution is Resolution.GRANTED


async def test_an_address_compared_in_another_case_is_no_help(service, identities, by_code, another, clock):
    identity = Identity(IdentityLevel.CONTACT, IdentificationMethod.EMAIL_CODE, verified_at=clock())
    await service.register(other := another(request_type=RequestType.OBJECTION, identity=identity))
    await identities.establish(other.reference, ProofMethod.ADDRESS_MATCHED, note=None, actor=BO)

    with pytest.raises(IdentityNotEstablishedError):
        await decide(service, by_code, Resolution.GRANTED)


@pytest.mark.parametrize("resolution", NOT_GIVING)
async def test_a_no_needs_no_identity(service, nobodys, resolution):
    assert (await decide(service, nobodys, resolution)).resolution is resolution


async def test_a_case_that_was_reopened_is_granted_no_more_easily(service, nobodys):
    await decide(service, nobodys, Resolution.REFUSED)
    await service.transition(nobodys, to=CaseStatus.IN_PROGRESS, version=2, actor=BO, note="Överklagat")

    with pytest.raises(IdentityNotEstablishedError):
        await decide(service, nobodys, Resolution.GRANTED, version=3)


async def test_where_the_right_needs_no_identity_nothing_is_in_the_way(service, another):
    await service.register(complaint := another(request_type=RequestType.COMPLAINT, identity=NOBODY))

    assert (await decide(service, complaint.reference, Resolution.GRANTED)).resolution is Resolution.GRANTED


# and nobody is asked who is known: neither for more, nor to stop the clock


async def ask_who(service, reference, *, version=1):
    return await service.transition(
        reference, to=CaseStatus.AWAITING_IDENTITY, version=version, actor=BO, note="Vem är du?"
    )


async def test_who_signed_is_not_asked_again_and_time_does_not_stand_still(service, draft):
    await service.register(draft)

    with pytest.raises(IdentityNotInDoubtError):
        await ask_who(service, draft.reference)

    case = await service.read(draft.reference)
    assert (case.status, case.clock_stopped_on, case.pauses) == (CaseStatus.RECEIVED, None, ())


async def test_whose_address_is_not_in_the_register_may_be_asked_and_whose_is_may_not(service, identities, by_code):
    assert (await ask_who(service, by_code)).clock_stopped_on is not None

    await identities.establish(by_code, ProofMethod.ADDRESS_MATCHED, note=None, actor=BO)

    case = await service.read(by_code)
    assert (case.status, case.clock_stopped_on) == (CaseStatus.IN_PROGRESS, None)
    with pytest.raises(IdentityNotInDoubtError):
        await ask_who(service, by_code, version=case.version)
