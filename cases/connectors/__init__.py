"""Programs that work the company's other systems: find a person there, export, stop marketing, erase.

``interface`` says what a connector is, one module each speaks to one system's documented API, ``orders`` has them do
something once and keeps the receipt, ``reconciliation`` looks at night for who was missed.
"""
