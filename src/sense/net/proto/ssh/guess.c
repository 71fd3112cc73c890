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
 *
 * What was refused shows by the size of the request. One for a password holds 40 bytes, the name
 * and the password (RFC 4252 8), the answer to a prompt less; an offered key 107 and the name at
 * the least, which is Ed25519 (RFC 4252 7, RFC 8709 4). SERVICE_ACCEPT tells what MAC and padding
 * add: an offered key is at least 88 bytes longer than it, a password is less, up to 59 bytes with
 * its name. Keys are offered one after the other by whoever has some, without a guess: together
 * they are one refused login, and so are passwords that are padded to more (OpenSSH's client,
 * which asks three times at most by itself).
 */
#include "sense/net/login.h"
#include "sense/net/proto/ssh/stream.h"

enum {
	SHORTER = 16,
	SHORTER_PADDED = 8,
	KEY_LONGER = 88,
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

/* What the client has sent since the last answer: a request may take more than one segment. */
static void add_request(struct ward_ssh_guess *g, size_t size)
{
	if (!g->asking)
		g->request = 0;
	g->asking = true;
	g->asked = true;
	if (!size || size > UINT32_MAX - g->request)
		g->request = UINT32_MAX;
	else
		g->request += (uint32_t)size;
}

static void count(struct ward_ssh_guess *g, uint32_t size)
{
	size_t i = 0;

	g->n += g->n < UINT32_MAX;
	g->before = g->last;
	g->last = size;
	while (i < WARD_SSH_SIZES && g->answer[i].count && g->answer[i].size != size)
		i++;
	if (i == WARD_SSH_SIZES)
		return;
	struct ward_ssh_answers *a = &g->answer[i];

	a->size = size;
	/* The first may be of "none". */
	if (a->count++ && g->request < g->accept + KEY_LONGER)
		a->passwords++;
}

void ward_ssh_guess(const struct ward_dissect *d, size_t size)
{
	struct ward_ssh_guess *g = &((struct ward_ssh_flow *)d->flow)->guess;

	if (ward_ssh_from_client(d)) {
		add_request(g, size);
		return;
	}
	g->asking = false;
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

/* The answers that are refusals: the same each time, and there to the end; NULL: none. */
static const struct ward_ssh_answers *refusals(const struct ward_ssh_guess *g)
{
	const struct ward_ssh_answers *most = NULL;

	for (size_t i = 0; i < WARD_SSH_SIZES; i++) {
		const struct ward_ssh_answers *a = &g->answer[i];

		if (a->count >= REFUSALS && (!most || a->count > most->count) && a->size &&
			(a->size == g->last || a->size == g->before))
			most = a;
	}
	return most;
}

void ward_ssh_guess_end(const struct ward_dissect *d)
{
	const struct ward_ssh_guess *g = &((struct ward_ssh_flow *)d->flow)->guess;

	if (g->told || !g->asked || (!g->n && !g->off))
		return;
	const struct ward_ssh_answers *a = refusals(g);

	if (!a || g->off || g->n > ANSWERS_MAX) {
		tell(d, WARD_LOGIN_UNKNOWN);
		return;
	}
	/* Each password is a login, as in protocols that can be read: who guesses by tools tries
	 * many in one connection. */
	uint32_t logins = a->passwords + (a->passwords + 1 < a->count);

	for (uint32_t i = 0; i < logins; i++)
		tell(d, WARD_LOGIN_FAILED);
}
