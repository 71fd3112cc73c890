/* Did the login succeed? By sizes, as Zeek's analyser does it.
 *
 * SERVICE_ACCEPT has a payload of 17 bytes and USERAUTH_SUCCESS of 1 (RFC 4253 10, RFC 4252 5.1):
 * with every cipher in use, blocks of 8 or 16, with the length in the clear or not, the second is a
 * packet 16 bytes shorter. With chacha20-poly1305, whose blocks are of 8 bytes, Dropbear keeps to
 * the least of 16 bytes for a packet (RFC 4253 6), OpenSSH does not: there it may be 8 bytes
 * shorter, which no refusal is that names a method. USERAUTH_FAILURE holds the methods that may go
 * on: it is longer than a success, and the same each time. While somebody logs in each message
 * waits for the one before, so that a segment is a message; compression begins later
 * (zlib@openssh.com), or there is no guess.
 */
#include "sense/net/login.h"
#include "sense/net/proto/ssh/stream.h"

enum {
	SHORTER = 16,
	SHORTER_PADDED = 8,
	/* 4 + 1 + 17 + padding, without and with the longest MAC */
	ACCEPT_MIN = 24,
	ACCEPT_MAX = 32 + 8 + 64,
	ANSWERS_MAX = 24, /* more than any server lets try: it was not a login any more */
	REFUSALS = 2,     /* the first may answer the question for the methods ("none") */
};

static void tell(const struct ward_dissect *d, enum ward_login_outcome outcome)
{
	struct ward_ssh_flow *f = d->flow;
	const struct ward_login login = {.outcome = outcome};

	f->guess.told = true;
	ward_emit_login(d, &login, !ward_ssh_from_client(d));
}

static void count(struct ward_ssh_guess *g, uint32_t size)
{
	size_t i = 0;

	g->n += g->n < UINT32_MAX;
	g->before = g->last;
	g->last = size;
	while (i < WARD_SSH_SIZES && g->count[i] && g->size[i] != size)
		i++;
	if (i == WARD_SSH_SIZES)
		return;
	g->size[i] = size;
	g->count[i]++;
}

void ward_ssh_guess(const struct ward_dissect *d, size_t size)
{
	struct ward_ssh_guess *g = &((struct ward_ssh_flow *)d->flow)->guess;

	if (ward_ssh_from_client(d)) {
		g->asked = true;
		return;
	}
	/* Before the client has asked: EXT_INFO (RFC 8308). */
	if (!g->asked || g->off || g->told)
		return;
	if (!g->accept) {
		g->accept = (uint32_t)size;
		g->off = size < ACCEPT_MIN || size > ACCEPT_MAX;
	} else if (size == g->accept - SHORTER ||
		   (g->padded && size == g->accept - SHORTER_PADDED)) {
		tell(d, WARD_LOGIN_OK);
	} else {
		count(g, size < UINT32_MAX ? (uint32_t)size : UINT32_MAX);
	}
}

void ward_ssh_guess_end(const struct ward_dissect *d)
{
	const struct ward_ssh_guess *g = &((struct ward_ssh_flow *)d->flow)->guess;
	uint32_t refused = 0;

	if (g->told || !g->asked || (!g->n && !g->off))
		return;
	for (size_t i = 0; i < WARD_SSH_SIZES; i++)
		if (g->count[i] >= REFUSALS && g->count[i] > refused && g->size[i] &&
			(g->size[i] == g->last || g->size[i] == g->before))
			refused = g->count[i];
	if (!refused || g->off || g->n > ANSWERS_MAX) {
		tell(d, WARD_LOGIN_UNKNOWN);
		return;
	}
	/* Each try is a login, as in protocols that can be read: who guesses by tools tries many in
	 * one connection. */
	for (uint32_t i = 1; i < refused; i++)
		tell(d, WARD_LOGIN_FAILED);
}
