/* Who searched the past: told to `login`, which puts it on record, by which questions and never
 * what was asked for. One way of searching is told once in ten minutes of a session, since a page
 * asks at each letter that is typed. Nobody waits for it: what can't be told is counted. */
#include "run/proc/api.h"

static const ward_ns once_in = 600 * WARD_NS_PER_S;

/* Was it told of late? If not it is now; the one that is longest ago makes room. */
static bool was_told(struct server *s, struct serve_session *who, struct ward_str how)
{
	static const struct ward_seed seed = {0x776172642d736561, 0x7263680000000000};
	uint64_t hash = ward_siphash(seed, how.p, how.len);
	struct serve_searched *oldest = &who->searched[0];
	ward_ns now = serve_mono(s);

	for (size_t i = 0; i < SERVE_SEARCHES; i++) {
		struct serve_searched *x = &who->searched[i];

		if (x->at && x->how == hash && now - x->at < once_in)
			return true;
		oldest = x->at < oldest->at || (x->at && x->how == hash) ? x : oldest;
	}
	*oldest = (struct serve_searched){hash, now};
	return false;
}

void serve_searched(
	struct server *s, struct ward_httpd_ask *a, struct serve_session *who, const char *how)
{
	struct serve_pending p = {.question = SERVE_SEARCHED, .what = WARD_SIGN_SEARCHED};
	struct ward_sign sign = {.what = WARD_SIGN_SEARCHED, .code = ward_str_z(how)};
	struct ward_wr w = ward_wr_fixed(s->message, sizeof(s->message));

	if (was_told(s, who, sign.code))
		return;
	memcpy(sign.from, a->peer, sizeof(sign.from));
	memcpy(sign.token, who->token, sizeof(sign.token));
	ward_sign_put(&w, &sign);
	serve_ask_login(s, &p, WARD_MSG_SIGN, ward_wr_slice(&w));
	ward_wipe(s->message, w.len);
	ward_wipe(&sign, sizeof(sign));
}
