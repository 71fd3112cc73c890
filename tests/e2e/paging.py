# A paging system that is not ours, for tests of who is called. Read by them.
import time


class Paging:
    """A paging system, after ESPA 4.4.4: who is called. It is polled, or controls the line; `answers` are those to the
    next blocks, ACK without one."""
    SOH, STX, ETX, EOT, ENQ, ACK, NAK = b"\1", b"\2", b"\3", b"\4", b"\5", b"\6", b"\x15"

    def __init__(self, read, write, polls=None):
        self.read, self.write, self.polls, self.calls, self.answers = read, write, polls, [], []

    def run(self):
        try:
            while True:
                if self.polls:
                    self.write(self.EOT + self.polls + self.ENQ)
                    got = self.read(1)
                    if got == self.EOT:  # nothing to say
                        time.sleep(0.05)
                        continue
                    assert got + self.read(1) == b"2" + self.ENQ, f"it does not select {got}"
                    self.select()
                else:
                    to = self.polled()
                    if to == b"1":  # it polls itself
                        rest = self.read(2)
                        if rest[:1] == self.EOT:  # it gave up, and will come again
                            continue
                        assert rest == b"2" + self.ENQ, f"it does not select {rest}"
                        self.select()
                    else:
                        assert to == b"2", f"whom does it poll? {to}"
                        self.write(self.EOT)
        except (EOFError, OSError):
            pass

    def polled(self):
        """Who is: whoever controls the line begins anew with EOT when no answer came in time, wherever it was."""
        said = b""
        while not (said[-3:-2] == self.EOT and said[-1:] == self.ENQ):
            said = (said + self.read(1))[-3:]
        return said[1:2]

    def select(self):
        self.write(self.ACK)
        while True:
            got = self.read(1)
            if got == self.EOT:
                return
            assert got == self.SOH, f"no block {got}"
            block = b""
            while not block.endswith(self.ETX):
                block += self.read(1)
            check = 0
            for c in block:
                check ^= c
            assert self.read(1)[0] == check, f"its check is wrong {block}"
            header, _, records = block[:-1].partition(self.STX)
            assert header == b"1", f"no call {header}"
            answer = self.answers.pop(0) if self.answers else self.ACK
            if answer == self.ACK:
                self.calls.append({r.split(b"\x1f")[0].decode(): r.split(b"\x1f")[1].decode() for r in records.split(b"\x1e")})
            self.write(answer)
