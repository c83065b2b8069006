"""Who the visitor is: BankID's relying-party client, codes by e-mail, the broker that binds both, a simulator.

Frozen interface (what ``bot/`` and ``insyn/`` use; everything else may move)::

    from identity.broker import Broker, Identification, IdentificationChange, VerifiedIdentity
    from identity.config import BrokerConfig, ClientConfig
    from identity.bankid import BankIdClient

    client = BankIdClient(ClientConfig(base_url=…, certificate=…, root=…))          # async context manager
    broker = Broker(sessions, client, key_ring, clock, BrokerConfig(return_url="https://…/chat/bankid/return", …),
                    CodeMail(mailer, controller=…))

    await broker.offer(conversation_id, session_hash=…, reference=…, request_title=…, visible_text=…,
                       level=1 | 2, email=…) -> Identification
    await broker.send_code(identification_id, session_hash=…, email=…, end_user_ip=…) -> Identification   # level 1
    await broker.enter_code(identification_id, session_hash=…, code=…) -> Identification
    await broker.waiting_for_code(conversation_id, session_hash=…) -> str | None     # the identification's id
    await broker.start(identification_id, session_hash=…, mode="qr" | "same_device", end_user_ip=…, user_agent=…)
                                                                                     -> Identification
    await broker.view(identification_id, session_hash=…) -> Identification
    await broker.current(conversation_id) -> Identification | None                   # the latest of the conversation
    await broker.qr_svg(identification_id, session_hash=…) -> str | None             # None: nothing to scan now
    await broker.cancel(identification_id, session_hash=…) -> Identification
    await broker.withdraw(conversation_id, reference)                                # registered without it
    await broker.accept_return(nonce, session_hash=…) -> Identification              # the autostart's return page
    await broker.consume(conversation_id, reference) -> VerifiedIdentity             # internal API only
    await broker.run_collector(on_change)                                            # long-running; one task a replica

``session_hash`` is the SHA-256 of the session cookie (bytes). ``Identification`` has the fields of the public API:
``id, conversation_id, reference, state, mode, message, launch_url, qr, can_retry, purpose_title, visible_text,
by_email, email``.
``on_change(IdentificationChange(conversation_id, identification))`` is awaited after each stored change, again and
again until it returns: a replica that dies in between only delays it. It may be called twice for one change.

Errors (``identity.errors``), each a ``BrokerError``: ``IdentificationNotFoundError`` (unknown, or another session's:
answer 404), ``IdentificationStateError`` (409), ``TooManyStartsError`` and ``TooManyCodesError`` (429,
``retry_after_s``), ``AddressUnusableError`` (422), ``IdentificationNotAvailableError`` (``consume``: 409),
``ReturnRefusedError`` (wrong browser, unknown or used nonce).
BankID's own failures never come out of the broker: they are the identification's state and message.

Only ``tables`` (SQLAlchemy, schema ``chat``) and ``migrations/versions/0003_identity.py`` know how it is stored.
``identity.production.check`` is called by the composition before anything starts.
"""
