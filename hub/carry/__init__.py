"""What comes by hand: sticks taken in, couriers, places handed over, copies of a card.

``files`` opens sticks that may be evil, ``trips`` takes their parts through the same doors as
the network's messages, ``times`` bounds entries whose clock nobody vouched for, ``couriers``
issues the tokens, ``handover`` moves a place to a new box, ``copies`` tells clones apart.
"""
