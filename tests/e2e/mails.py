# A mail server that keeps what it gets: aiosmtpd of Debian. Read by tests of who is told; without it they are skipped.
import asyncio
import email
import email.policy
import sys
import threading
import time

try:
    from aiosmtpd.smtp import SMTP
except ImportError:
    print('skipped: no aiosmtpd (python3-aiosmtpd)')
    sys.exit(77)


class Mails:
    """On a port of an address, in TLS from the first byte if `tls` is a context; `all`: (to, text), in their order."""

    def __init__(self, until, at='127.0.0.1', tls=None):
        self.all = []
        loop, ready = asyncio.new_event_loop(), []

        async def serve():
            server = await loop.create_server(lambda: SMTP(self, enable_SMTPUTF8=False), at, 0, ssl=tls)
            ready.append(server.sockets[0].getsockname()[1])

        def run():
            loop.run_until_complete(serve())
            loop.run_forever()
        threading.Thread(target=run, daemon=True).start()
        self.port = until('the mail server', lambda: ready)[0]

    async def handle_DATA(self, _, session, envelope):
        m = email.message_from_bytes(envelope.content, policy=email.policy.default)
        self.all.append((envelope.rcpt_tos[0].split('@')[0], f'{m["Subject"]}\n{m.get_body().get_content()}'))
        return '250 OK'

    def of(self, to, words):
        """Which of all mails are so."""
        return [i for i, (who, text) in enumerate(self.all) if who == to and words in ' '.join(text.split())]

    def until(self, to, words, seconds=60):
        """Which is the first; AssertionError when there is none by then."""
        end = time.monotonic() + seconds
        while not self.of(to, words) and time.monotonic() < end:
            time.sleep(0.05)
        assert self.of(to, words), f'no mail to {to} with {words!r}:\n' + '\n'.join(f'{w}: {t}' for w, t in self.all)
        return self.of(to, words)[0]
