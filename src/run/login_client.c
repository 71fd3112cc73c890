#include "run/login_client.h"

#include "base/mem.h"
#include "run/local.h"

#include <unistd.h>

static const ward_ns again = 3 * WARD_NS_PER_S, patience = 10 * WARD_NS_PER_S;

struct ward_login_client {
	struct ward_ask ask;
	bool open;
	uint8_t body[4096];
};

enum ward_err ward_login_say(const char *state, const struct ward_sign *s,
	struct ward_login_client **ret_c, struct ward_signed *ret)
{
	struct ward_login_client *c = ward_mem_alloc(ward_mem_heap(), sizeof(*c));
	struct ward_msg m;

	if (!c)
		return WARD_ERR_NOMEM;
	struct ward_wr w = ward_wr_fixed(c->body, sizeof(c->body));

	ward_sign_put(&w, s);
	enum ward_err err = ward_wr_bad(&w)
				    ? WARD_ERR_LIMIT
				    : ward_local_connect(state, WARD_LOGIN_SOCKET, &c->ask.fd);

	c->open = !err;
	if (!err) {
		c->ask.next_id = 1;
		c->ask.again = again;
		c->ask.give_up = patience;
		c->ask.clock = ward_clock_system();
		err = ward_ask(&c->ask, WARD_MSG_SIGN, ward_wr_slice(&w), WARD_MSG_SIGNED, &m);
	}
	if (!err)
		err = ward_signed_get(&m.body, ret);
	if (err)
		ward_login_client_free(c);
	else
		*ret_c = c;
	return err;
}

void ward_login_client_free(struct ward_login_client *c)
{
	if (!c)
		return;
	if (c->open)
		(void)close(c->ask.fd);
	ward_wipe(c, sizeof(*c)); /* a one-time code went through it */
	ward_mem_free(ward_mem_heap(), c, sizeof(*c));
}
