"""The command line: ``uv run insyn --help``."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from insyn.errors import InsynError
from insyn.terminal import console, errors, step

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, help=__doc__)
staff_app = typer.Typer(no_args_is_help=True, help="Staff accounts of the console.")
app.add_typer(staff_app, name="staff")
deliveries_app = typer.Typer(no_args_is_help=True, help="Messages to other systems.")
app.add_typer(deliveries_app, name="deliveries")
audit_app = typer.Typer(no_args_is_help=True, help="The history of cases: is it whole?")
app.add_typer(audit_app, name="audit")
token_app = typer.Typer(no_args_is_help=True, help="Tokens of other systems that call the case API.")
app.add_typer(token_app, name="token")
retention_app = typer.Typer(no_args_is_help=True, help="What is kept, and for how long.")
app.add_typer(retention_app, name="retention")
keys_app = typer.Typer(no_args_is_help=True, help="Keys of the field encryption.")
app.add_typer(keys_app, name="keys")
evidence_app = typer.Typer(no_args_is_help=True, help="What persons signed.")
app.add_typer(evidence_app, name="evidence")
policy_app = typer.Typer(no_args_is_help=True, help="The policy that questions are answered from.")
app.add_typer(policy_app, name="policy")

# Each command imports what it needs when it runs: `insyn serve cases` must not wait for Rasa to be imported.


@app.command()
def up() -> None:
    """Start everything: database, model, all processes. Ctrl-C ends it."""
    from insyn.settings import settings
    from insyn.up import up as start

    start(settings())


@app.command()
def serve(
    name: Annotated[str, typer.Argument(help="simulator, connector-simulators, cases, worker, actions, rasa or chat")],
) -> None:
    """Run one process alone, in the foreground."""
    from insyn.services import SERVICES

    if name not in SERVICES:
        raise InsynError(f"there is no process {name}; there are: {', '.join(SERVICES)}")
    SERVICES[name]()


@app.command()
def migrate() -> None:
    """Bring the database's tables and the rights on them up to date."""
    from insyn.rights import bring_up_to_date
    from insyn.settings import settings
    from insyn.up import logins

    with logins(settings()) as both, step("Migrating", "The database's tables are up to date"):
        bring_up_to_date(both)


@app.command()
def train() -> None:
    """Train the model, if data or configuration changed."""
    from insyn import training
    from insyn.settings import settings

    with step("Training the model", "The model is current"):
        path = training.ensure_model(settings().data_dir / "logs" / "train.log")
    console.print(str(path))


@app.command()
def ask(
    question: Annotated[list[str] | None, typer.Argument(help="One question.")] = None,
    jsonl: Annotated[
        bool, typer.Option("--jsonl", help="Questions from standard input, one JSON object a line.")
    ] = False,
) -> None:
    """Put a question to the real assistant, by the path that the widget takes, and print the answer."""
    from insyn.ask import ask_lines, ask_one
    from insyn.settings import settings

    if jsonl:
        ask_lines(settings(), sys.stdin, sys.stdout)
    elif question:
        ask_one(settings(), " ".join(question))
    else:
        raise InsynError('write a question, as in: insyn ask "hur länge sparas inspelade samtal?"')


@app.command()
def evaluate(
    half: Annotated[str, typer.Argument(help="development, or final (only to report)")] = "development",
    page: Annotated[Path, typer.Option(help="Where the page with every wrong answer goes.")] = Path(
        "results/evaluation.html"
    ),
    learning_curve: Annotated[
        bool, typer.Option("--learning-curve", help="Also train on parts of the examples (minutes).")
    ] = False,
    record: Annotated[bool, typer.Option("--record", help="Hold later models to the figures of today.")] = False,
    hold: Annotated[bool, typer.Option("--hold", help="Exit with 1 if it fell under the recorded figures.")] = False,
) -> None:
    """Ask the trained model questions that it has never seen, and say how many it understood."""
    from insyn.evaluation.run import evaluate as run_evaluation

    fallen = run_evaluation(half, page, learning_curve=learning_curve, record=record, hold=hold, console=console)
    for line in fallen:
        errors.print(line)
    if fallen:
        raise typer.Exit(1)


@staff_app.command("add")
def staff_add(
    name: Annotated[str, typer.Argument(help="The name to log in with.")],
    administrator: Annotated[bool, typer.Option("--administrator", help="May also manage accounts.")] = False,
) -> None:
    """Add a staff account and print its one-time password."""
    from insyn.settings import settings
    from insyn.staff import add

    console.print(add(settings(), name, administrator=administrator))


@evidence_app.command("verify")
def evidence_verify(
    reference: Annotated[str, typer.Argument(help="The case's reference, as in AR-7K2M-9QXA.")],
) -> None:
    """Check that the person of a case signed its request; exit code 0 only if everything holds."""
    from insyn.evidence import table, verify
    from insyn.settings import settings

    report = verify(settings(), reference)
    console.print(table(report))
    if not report.holds:
        raise InsynError(f"the evidence of {report.reference} does not hold")
    console.print(f"[green]✓[/green] The evidence of {report.reference} holds.")


@retention_app.command("run")
def retention_run(
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only count what has expired.")] = False,
) -> None:
    """Erase what has expired; the worker does it every night."""
    from insyn.settings import settings
    from insyn.upkeep import run_retention

    console.print(run_retention(settings(), dry_run=dry_run))


@keys_app.command("rotate")
def keys_rotate() -> None:
    """Re-seal everything that an older key of INSYN_ENCRYPTION_SECRETS closed, while the services run."""
    from insyn.settings import settings
    from insyn.upkeep import rotate_keys

    console.print(f"{rotate_keys(settings())} values were re-sealed; everything is under the first key.")


@keys_app.command("status")
def keys_status() -> None:
    """Say how much lies under which key; one that stands at 0 can be taken out of the settings."""
    from insyn.settings import settings
    from insyn.upkeep import key_status

    console.print(key_status(settings()))


@audit_app.command("verify")
def audit_verify(
    checkpoint: Annotated[Path | None, typer.Option(help="Compare with an earlier checkpoint too.")] = None,
    public_key: Annotated[Path | None, typer.Option(help="Whose signature it must carry (PEM).")] = None,
) -> None:
    """Walk every history and name each line that was changed, removed or inserted; ends with 1 if there is one."""
    from insyn.audit import verify_audit
    from insyn.settings import settings

    console.print(verify_audit(settings(), checkpoint=checkpoint, public_key=public_key), soft_wrap=True)


@audit_app.command("checkpoint")
def audit_checkpoint(file: Annotated[Path, typer.Argument(help="A new file; keep it away from the database.")]) -> None:
    """Write the heads of all histories, signed, so that a whole case that vanishes later is noticed."""
    from insyn.audit import write_checkpoint
    from insyn.settings import settings

    console.print(write_checkpoint(settings(), file), soft_wrap=True)


@audit_app.command("readers")
def audit_readers(conversation: Annotated[str, typer.Argument(help="Its id, or the reference of its case.")]) -> None:
    """Say which officers were shown a conversation, and when; also of one that is erased."""
    from insyn.readers import readers
    from insyn.settings import settings

    console.print(readers(settings(), conversation))


@token_app.command("add")
def token_add(
    name: Annotated[str, typer.Argument(help="Which system gets it.")],
    scope: Annotated[list[str] | None, typer.Option(help="What it is good for; several times.")] = None,
    expires_in_days: Annotated[int | None, typer.Option(min=1, help="When it ends by itself.")] = None,
) -> None:
    """Make a token for another system and print it: it is shown this once."""
    from insyn.settings import settings
    from insyn.tokens import add

    print(add(settings(), name, scopes=scope or [], expires_in_days=expires_in_days))  # noqa: T201 - to be piped


@token_app.command("list")
def token_list() -> None:
    """Show the tokens without themselves."""
    from insyn.settings import settings
    from insyn.tokens import listed

    console.print(listed(settings()))


@token_app.command("revoke")
def token_revoke(number: Annotated[int, typer.Argument(help="As `insyn token list` says.")]) -> None:
    """End a token at once."""
    from insyn.settings import settings
    from insyn.tokens import revoke

    revoke(settings(), number)
    console.print(f"Token {number} opens nothing any more.")


@deliveries_app.command("dead")
def deliveries_dead() -> None:
    """Show the messages that no attempt delivered."""
    from insyn.outbox import dead
    from insyn.settings import settings

    console.print(dead(settings()))


@deliveries_app.command("replay")
def deliveries_replay(
    number: Annotated[list[int] | None, typer.Argument(help="As `insyn deliveries dead` says; none: all.")] = None,
) -> None:
    """Send dead messages again, with attempts over some days as at first."""
    from insyn.outbox import replay
    from insyn.settings import settings

    console.print(f"{replay(settings(), number or [])} deliveries start afresh.")


@policy_app.command("check")
def policy_check(
    directory: Annotated[Path, typer.Argument(help="Where policy.yml, the policy's text and answers/ lie.")],
    systems: Annotated[Path | None, typer.Option(help="The register of systems, if not systems.yml there.")] = None,
    letters: Annotated[Path | None, typer.Option(help="The letters that go with it.")] = None,
) -> None:
    """Check that a policy makes a working assistant; exit code 0 only if nothing is missing."""
    from insyn.policy_check import check_policy

    report = check_policy(directory, systems_file=systems, letters_dir=letters)
    counts = f"{report.sections} sections, {len(report.answered)} topics answered, {len(report.gaps)} gaps"
    console.print(f"{counts} that are told as such.", soft_wrap=True)
    for sentence in report.missing:
        console.print(f"[red]✗[/red] {escape(sentence)}", soft_wrap=True)
    if not report.is_whole:
        raise InsynError(f"{len(report.missing)} things to mend in {directory}")
    console.print(f"[green]✓[/green] {directory} can be served: INSYN_POLICY_DIR={directory}", soft_wrap=True)


def main() -> None:
    """Run the command line; an error of ours is said in its own words, without a traceback."""
    try:
        app()
    except InsynError as error:
        errors.print(f"[red]✗[/red] {error}", soft_wrap=True)
        raise SystemExit(1) from None
