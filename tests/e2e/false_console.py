"""A server with a certificate of its own, in a console's place: writes what it was told, after TLS."""
import socket
import ssl
import sys

context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(sys.argv[1], sys.argv[2])
listener = socket.create_server(("127.0.0.1", 0))
print(listener.getsockname()[1], flush=True)
while True:
    plain, _ = listener.accept()
    told = b""
    try:
        with context.wrap_socket(plain, server_side=True) as c:
            c.settimeout(20)
            told = c.recv(4096)
    except OSError as e:
        print(e, file=sys.stderr)
    with open(sys.argv[3], "ab") as f:
        f.write(told)
