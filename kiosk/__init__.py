"""The program at the gate.

The map, in six sentences:

1. The **camera** gives frames; the **scanner** turns frames into text; **codes** turns
   text into a person or a pass; the **desk** turns that into a verdict; the **outbox**
   (``queue.py``) makes the entry durable; **sync** carries it to the hub; the **screen**
   shows what happened.
2. The screen turns green only after the commit; a row is done only after the hub's
   signed receipt names it.
3. The kiosk never needs the network to answer a person.
4. Facts know nothing of machines; each outside library enters by one door.
5. The kiosk and the hub share formats (``wire/``), and nothing else.
6. Only ``kiosk/main.py`` knows everybody.
"""

__version__ = "0.1.0"
