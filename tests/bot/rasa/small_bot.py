"""A bot of a few sentences, trained in seconds: what Rasa does around our parts does not depend on the real one."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[3]

CONFIG = """
recipe: default.v1
language: sv
assistant_id: small
pipeline:
  - name: WhitespaceTokenizer
  - name: RegexEntityExtractor
    use_lookup_tables: false
  - name: CountVectorsFeaturizer
    analyzer: char_wb
    min_ngram: 1
    max_ngram: 4
  - name: LogisticRegressionClassifier
    max_iter: 200
policies:
  - name: RulePolicy
    core_fallback_action_name: action_listen
"""

DOMAIN = """
version: "3.1"
intents: [greet, ask_cookies, confirm, count, EXTERNAL_identification_completed]
entities: [authenticated]
slots:
  authenticated:
    type: any
    mappings: [{type: custom}]
actions: [action_register]
responses:
  utter_greet:
    - text: "Hej!\\n\\nJag är en bot."
  utter_cookies:
    - text: Ja, vi använder kakor.
      buttons: [{title: Mer om kakor, payload: /ask_cookies}]
      custom: {citations: [{section: Kakor, quote: kakor, policy_version: "1", anchor: kakor}]}
  utter_two:
    - text: Ett.
  utter_more:
    - text: Två.
  utter_identified:
    - text: Tack, nu vet vi vem du är.
session_config:
  session_expiration_time: 0
  carry_over_slots_to_new_session: false
"""

NLU = """
version: "3.1"
nlu:
  - intent: greet
    examples: |
      - hej
      - hallå där
      - tjena
  - intent: ask_cookies
    examples: |
      - använder ni kakor
      - har ni cookies
      - vad är kakor till
  - intent: confirm
    examples: |
      - registrera min begäran
      - ja registrera
      - gör det, registrera
  - intent: count
    examples: |
      - räkna
      - räkna till två
      - kan du räkna
"""

RULES = """
version: "3.1"
rules:
  - {rule: greet, steps: [{intent: greet}, {action: utter_greet}]}
  - {rule: cookies, steps: [{intent: ask_cookies}, {action: utter_cookies}]}
  - {rule: confirm, steps: [{intent: confirm}, {action: action_register}]}
  - {rule: count, steps: [{intent: count}, {action: utter_two}, {action: utter_more}]}
  - rule: identified
    steps: [{intent: EXTERNAL_identification_completed}, {action: utter_identified}]
"""


def train(directory: Path) -> Path:
    """Write the bot into ``directory``, train it with the command line, and return the model."""
    for name, content in {
        "config.yml": CONFIG,
        "domain.yml": DOMAIN,
        "data/nlu.yml": NLU,
        "data/rules.yml": RULES,
    }.items():
        file = directory / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(content)
    command = [sys.executable, "-m", "rasa", "train", "--out", "models", "--fixed-model-name", "small"]
    done = subprocess.run(command, cwd=directory, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return directory / "models" / "small.tar.gz"
