# An OpenID Connect provider for tests, with TLS: discovery, keys, codes with PKCE, refresh tokens, and
# tokens that are wrong in one way each. Signatures are made by the openssl command.
import base64
import hashlib
import hmac
import http.server
import json
import os
import re
import secrets
import ssl
import subprocess
import threading
import time
import urllib.parse


def run(*args, data=None):
    return subprocess.run(args, input=data, check=True, capture_output=True).stdout


def b64(data):
    return base64.urlsafe_b64encode(data).rstrip(b'=').decode()


class Key:
    """A key pair of a provider, and the JWK that it publishes."""

    def __init__(self, folder, kid, kind='RSA'):
        self.kid, self.kind, self.path = kid, kind, os.path.join(folder, kid + '.pem')
        if kind == 'RSA':
            run('openssl', 'genpkey', '-algorithm', 'RSA', '-pkeyopt', 'rsa_keygen_bits:2048', '-out', self.path)
            n = bytes.fromhex(run('openssl', 'rsa', '-in', self.path, '-noout', '-modulus').decode().split('=')[1])
            self.jwk = {'kty': 'RSA', 'kid': kid, 'use': 'sig', 'n': b64(n), 'e': 'AQAB'}
        else:
            run('openssl', 'genpkey', '-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-256', '-out', self.path)
            point = run('openssl', 'pkey', '-in', self.path, '-pubout', '-outform', 'DER')[-64:]
            self.jwk = {'kty': 'EC', 'crv': 'P-256', 'kid': kid, 'x': b64(point[:32]), 'y': b64(point[32:])}
        self.public = run('openssl', 'pkey', '-in', self.path, '-pubout')

    def sign(self, alg, data):
        if alg == 'none':
            return b''
        if alg == 'HS256':
            return hmac.new(self.public, data, hashlib.sha256).digest()
        more = ['-sigopt', 'rsa_padding_mode:pss', '-sigopt', 'rsa_pss_saltlen:32'] if alg == 'PS256' else []
        der = run('openssl', 'dgst', '-sha256', '-sign', self.path, *more, data=data)
        if alg != 'ES256':
            return der
        raw, at = b'', 2  # SEQUENCE of two INTEGERs
        for _ in range(2):
            n = der[at + 1]
            raw += der[at + 2:at + 2 + n].lstrip(b'\0').rjust(32, b'\0')
            at += 2 + n
        return raw


def token(key, claims, alg='RS256', kid=None, **head):
    head = {'alg': alg, 'typ': 'JWT', 'kid': key.kid if kid is None else kid, **head}
    text = b64(json.dumps(head).encode()) + '.' + b64(json.dumps(claims).encode())
    return text + '.' + b64(key.sign(alg, text.encode()))


class Provider:
    """One client, `ward`; who signs in is `person`, and what their token is like says `spoil`."""

    def __init__(self, folder, name='localhost', at='127.0.0.1'):
        self.folder = folder
        self.key, self.es, self.other = Key(folder, 'k1'), Key(folder, 'e1', 'EC'), Key(folder, 'stranger')
        self.published = [self.key.jwk, self.es.jwk, {'kty': 'oct', 'kid': 'k9', 'k': 'AAAA'}]
        cert, self.ca = os.path.join(folder, 'tls.pem'), os.path.join(folder, 'tls-ca.pem')
        run('openssl', 'req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', '/CN=' + name,
            '-addext', 'subjectAltName=DNS:' + name, '-keyout', cert, '-out', self.ca)
        with open(cert, 'ab') as f, open(self.ca, 'rb') as g:
            f.write(g.read())
        self.person, self.sub, self.groups, self.alg, self.spoil = 'g-ferrero', 'sub-1', ['ward-crisis'], 'RS256', None
        self.odd = {}  # codes that it, or a filter before it, chokes on: what it answers
        self.refused = set()  # whose refresh was asked for in vain
        self.refreshes, self.disabled, self.redirect, self.secret = True, set(), None, 'a secret: of ward'
        self.codes, self.refresh, self.problems, self.asked = {}, {}, [], 0
        provider = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def log_message(self, *args):
                pass

            def say(self, status, body):
                body = json.dumps(body).encode()
                self.send_response(status)
                self.send_header('Content-Type', 'application/json')
                self.send_header('Content-Length', str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def do_GET(self):
                at = urllib.parse.urlsplit(self.path)
                if at.path == '/realm/.well-known/openid-configuration':
                    self.say(200, provider.discovery())
                elif at.path == '/realm/keys':
                    self.say(200, {'keys': provider.published})
                else:
                    self.say(404, {})

            def do_POST(self):
                text = self.rfile.read(int(self.headers['Content-Length'])).decode()
                self.say(*provider.grant(dict(urllib.parse.parse_qsl(text)), self.headers.get('Authorization', '')))

        self.server = http.server.ThreadingHTTPServer((at, 0), Handler)
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        tls.load_cert_chain(cert)
        self.server.socket = tls.wrap_socket(self.server.socket, server_side=True)
        self.port = self.server.server_address[1]
        self.issuer = f'https://{name}:{self.port}/realm'
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def discovery(self):
        return {'issuer': self.issuer, 'authorization_endpoint': self.issuer + '/authorize',
                'token_endpoint': self.issuer + '/token', 'jwks_uri': self.issuer + '/keys',
                'token_endpoint_auth_methods_supported': ['client_secret_basic'],
                'authorization_response_iss_parameter_supported': True}

    def authorize(self, url):
        """What a person does who is sent there: gives the address that the browser comes back to."""
        at = urllib.parse.urlsplit(url)
        q = dict(urllib.parse.parse_qsl(at.query))
        assert url.startswith(self.issuer + '/authorize?'), url
        assert q['client_id'] == 'ward' and q['response_type'] == 'code' and 'openid' in q['scope'].split(), q
        assert q['code_challenge_method'] == 'S256' and len(q['state']) >= 32 and len(q['nonce']) >= 32, q
        self.redirect = q['redirect_uri']
        code = secrets.token_urlsafe(48)
        self.codes[code] = q
        back = {'code': code, 'state': q['state'], 'iss': self.issuer}
        return q['redirect_uri'] + '?' + urllib.parse.urlencode(back)

    def claims(self, nonce):
        now = int(time.time())
        c = {'iss': self.issuer, 'aud': 'ward', 'sub': self.sub, 'exp': now + 300, 'iat': now,
             'preferred_username': self.person, 'groups': self.groups, 'amr': ['pwd', 'otp']}
        return {**c, 'nonce': nonce} if nonce else c

    def grant(self, form, authorization):
        self.asked += 1
        pair = base64.b64decode(authorization[6:]).decode().split(':')
        if [urllib.parse.unquote(x) for x in pair] != ['ward', self.secret]:
            self.problems.append('the client is not who it says')
            return 401, {'error': 'invalid_client'}
        nonce = None
        if form['grant_type'] == 'authorization_code':
            q = self.codes.pop(form['code'], None)
            if form['code'] in self.odd:
                return self.odd[form['code']]
            if not q or form['redirect_uri'] != q['redirect_uri'] or \
                    b64(hashlib.sha256(form['code_verifier'].encode()).digest()) != q['code_challenge']:
                return 400, {'error': 'invalid_grant'}
            nonce = q['nonce']
        else:
            sub = self.refresh.pop(form['refresh_token'], None)  # each is good once
            if not sub or sub in self.disabled:
                self.refused.add(sub)
                return 400, {'error': 'invalid_grant'}
        access = secrets.token_urlsafe(32)
        claims = self.claims(nonce)
        claims['at_hash'] = b64(hashlib.sha256(access.encode()).digest()[:16])
        answer = {'access_token': access, 'token_type': 'Bearer', 'expires_in': 300}
        answer['id_token'] = self.spoil(self, claims) if self.spoil else \
            token(self.es if self.alg == 'ES256' else self.key, claims, self.alg)
        if self.refreshes:
            answer['refresh_token'] = secrets.token_urlsafe(32)
            self.refresh[answer['refresh_token']] = self.sub
        return 200, answer


# Tokens that are not to be taken: what is wrong with each, and a function that makes it.
def changed(**more):
    def make(p, c):
        c = {**c, **more}
        return token(p.key, {k: v for k, v in c.items() if v is not None})
    return make


NOW = int(time.time())
BAD = {
    'alg none': lambda p, c: token(p.key, c, 'none'),
    'alg none, unsigned form': lambda p, c: token(p.key, c, 'none').rstrip('.'),
    'a keyed hash by the public key': lambda p, c: token(p.key, c, 'HS256'),
    'another key under a known name': lambda p, c: token(p.other, c, kid='k1'),
    'a key that is not published': lambda p, c: token(p.other, c),
    'RS256 by the name of the other kind of key': lambda p, c: token(p.key, c, kid='e1'),
    'crit': lambda p, c: token(p.key, c, crit=['exp']),
    'a changed body': lambda p, c: re.sub(r'\.[^.]*\.', '.' + b64(json.dumps({**c, 'sub': 'x'}).encode()) + '.',
                                          token(p.key, c)),
    'a cut signature': lambda p, c: token(p.key, c)[:-8],
    'no token': lambda p, c: 'a.b.c',
    'another issuer': changed(iss='https://localhost:1/realm'),
    'another audience': changed(aud='other'),
    'several audiences, none that asked': changed(aud=['ward', 'other']),
    'another that asked': changed(aud=['ward', 'other'], azp='other'),
    'another nonce': changed(nonce='0' * 64),
    'no nonce': changed(nonce=None),
    'over': changed(exp=NOW - 3600),
    'no end': changed(exp=None),
    'an end that is a text': changed(exp='9999999999'),
    'made long ago': changed(iat=NOW - 7200),
    'made in time to come': changed(iat=NOW + 7200),
    'not good yet': changed(nbf=NOW + 7200),
    'at_hash of another token': changed(at_hash=b64(b'x' * 16)),
    'nobody': changed(sub=''),
    'no name': changed(preferred_username=None),
}
