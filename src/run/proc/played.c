/* Whoever is told, or asked, in a played scenario: it takes each message as a recipient would, and
 * says that it has it. Where a policy plays the role, what asks to be acknowledged is acknowledged
 * after the time that the policy says, which stands still while the play is held, and it says that
 * it was the policy; else it does nothing. It stands for the outside world, as the player does, so
 * that what people decide in an exercise goes its whole way through Ward. No exercise leaves the
 * machine by it: it has no socket but its link. */
#include "desk/decision.h"
#include "run/play_clock.h"
#include "run/postbox.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>

enum { POLL_MS = 500, OWED = 64 };

struct recipient {
	struct ward_process p;
	int link, clock;
	ward_ns begin;        /* of the play */
	ward_ns acknowledges; /* after the message; NEVER: not */
	struct owed {
		struct ward_id message;
		ward_ns due;
	} owed[OWED];
	size_t n_owed;
	uint8_t buf[WARD_MSG_MAX];
};

/* Time that goes on while the play does. */
static ward_ns gone(const struct recipient *r)
{
	return ward_play_gone(r->clock, r->begin, ward_clock_mono(r->p.clock));
}

static bool asks(const struct ward_letter *l)
{
	return ward_str_find(l->body, WARD_STR("\"acknowledge_by\":")) != SIZE_MAX;
}

static void has(struct recipient *r, const struct ward_letter *l)
{
	const struct ward_outcome has_it = {.what = WARD_SENT_DELIVERED, .status = 204};
	ward_ns due;

	ward_count_name(&r->p.counters, "send.delivered", 1);
	(void)ward_postbox_say(&r->p, r->link, l->id, &has_it);
	if (r->acknowledges == WARD_NS_NEVER || !asks(l) ||
		!ward_add(gone(r), r->acknowledges, &due))
		return;
	for (size_t i = 0; i < r->n_owed; i++)
		if (ward_id_eq(r->owed[i].message, l->id)) /* it was asked again */
			return;
	if (r->n_owed < OWED)
		r->owed[r->n_owed++] = (struct owed){l->id, due};
	else
		ward_count_name(&r->p.counters, "send.forgotten", 1);
}

static void acknowledge(struct recipient *r)
{
	const struct ward_outcome is = {
		.what = WARD_SENT_ACKNOWLEDGED, .status = 204, .why = WARD_DECISION_POLICY};

	for (size_t i = r->n_owed; i-- > 0;) {
		if (r->owed[i].due > gone(r) ||
			!ward_postbox_say(&r->p, r->link, r->owed[i].message, &is))
			continue;
		ward_count_name(&r->p.counters, "send.acknowledged", 1);
		r->owed[i] = r->owed[--r->n_owed];
	}
}

static void settle(struct recipient *r)
{
	const char *text = ward_process_setting(&r->p, "acknowledges");
	uint64_t v;

	r->acknowledges = WARD_NS_NEVER;
	if (text && (!ward_str_u64(ward_str_z(text), &v) || v > INT64_MAX))
		ward_process_die(&r->p, "acknowledges", WARD_ERR_CONFIG);
	if (text)
		r->acknowledges = (ward_ns)v;
	r->clock = ward_process_fd(&r->p, "clock");
	r->begin = ward_play_begin(&r->p, r->clock);
}

int main(int argc, char **argv)
{
	static struct recipient r;
	struct ward_letter l;
	bool acts;

	ward_process_begin(&r.p, "played", argc, argv);
	settle(&r);
	r.link = ward_process_fd(&r.p, "act");
	acts = r.link != WARD_FD_NONE;
	if (!acts)
		r.link = ward_process_need_fd(&r.p, "respond");
	if (fcntl(r.link, F_SETFL, O_NONBLOCK) != 0)
		ward_process_die(&r.p, "its link", WARD_ERR_IO);
	ward_process_cage(&r.p, WARD_CAGE_PLAIN, NULL);
	if (acts)
		ward_postbox_begun(&r.p, r.link);
	while (!ward_process_stopping()) {
		struct pollfd wait = {r.link, POLLIN, 0};

		if (ward_postbox_take(&r.p, r.link, r.buf, &l)) {
			has(&r, &l);
			continue;
		}
		acknowledge(&r);
		ward_process_count(&r.p);
		if (poll(&wait, 1, POLL_MS) < 0 && errno != EINTR)
			ward_process_die(&r.p, "poll", WARD_ERR_IO);
	}
	return ward_process_end(&r.p);
}
