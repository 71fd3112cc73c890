#include "run/desk_client.h"

#include "base/mem.h"
#include "run/local.h"

#include <unistd.h>

static const ward_ns again = 5 * WARD_NS_PER_S, patience = 30 * WARD_NS_PER_S,
		     photo_patience = 20 * WARD_NS_PER_S;

struct ward_desk_client {
	struct ward_ask ask;
	bool open;
	uint8_t body[WARD_MSG_BODY_MAX];
};

static enum ward_err say(
	struct ward_desk_client *c, const struct ward_decision *d, struct ward_decided *ret)
{
	struct ward_wr w = ward_wr_fixed(c->body, sizeof(c->body));
	struct ward_msg m;

	ward_decision_put(&w, d);
	if (ward_wr_bad(&w))
		return WARD_ERR_LIMIT;
	enum ward_err err =
		ward_ask(&c->ask, WARD_MSG_DECIDE, ward_wr_slice(&w), WARD_MSG_DECIDED, &m);

	return err ? err : ward_decided_get(&m.body, ret);
}

void ward_desk_hand_in(
	struct ward_desk_client *c, const struct ward_decision *d, struct ward_desk_photo *photo)
{
	struct ward_photo_piece p = {.id = d->id, .subject = d->subject, .n_show = photo->n_show};

	memcpy(p.show, photo->show, sizeof(p.show));
	c->ask.give_up = photo_patience;
	photo->kept = ward_photo_hand(&c->ask, &p, photo->file, &photo->id, photo->why) == WARD_OK;
	c->ask.give_up = patience;
}

enum ward_err ward_desk_say(const char *state, struct ward_decision *d,
	struct ward_desk_client **ret_c, struct ward_decided *ret)
{
	static const struct ward_id none;
	const struct ward_clock *clock = ward_clock_system();
	struct ward_desk_client *c = ward_mem_alloc(ward_mem_heap(), sizeof(*c));

	if (!c)
		return WARD_ERR_NOMEM;
	if (ward_id_eq(d->id, none)) {
		d->id = ward_id_v7(clock);
		d->at = ward_clock_now(clock);
	}
	enum ward_err err = ward_local_connect(state, WARD_DESK_SOCKET, &c->ask.fd);

	c->open = !err;
	if (!err) {
		c->ask.next_id = 1;
		c->ask.again = again;
		c->ask.give_up = patience;
		c->ask.turned_away = true;
		c->ask.clock = clock;
		err = say(c, d, ret);
	}
	if (err)
		ward_desk_client_free(c);
	else
		*ret_c = c;
	return err;
}

void ward_desk_client_free(struct ward_desk_client *c)
{
	if (!c)
		return;
	if (c->open)
		(void)close(c->ask.fd);
	ward_wipe(c->body, sizeof(c->body)); /* a one-time code went through it */
	ward_mem_free(ward_mem_heap(), c, sizeof(*c));
}
