"""BankID's RP API v6.0, from the relying party's side."""

from identity.bankid.client import BankIdClient
from identity.bankid.launch import Device, device_of, launch_link, return_url
from identity.bankid.qr import qr_svg, qr_text
from identity.bankid.replies import CollectReply, CompletionData, Risk, StartedOrder, Status, User
from identity.bankid.requests import AppDevice, AuthRequest, Requirement, SignRequest, WebDevice

__all__ = [
    "AppDevice",
    "AuthRequest",
    "BankIdClient",
    "CollectReply",
    "CompletionData",
    "Device",
    "Requirement",
    "Risk",
    "SignRequest",
    "StartedOrder",
    "Status",
    "User",
    "WebDevice",
    "device_of",
    "launch_link",
    "qr_svg",
    "qr_text",
    "return_url",
]
