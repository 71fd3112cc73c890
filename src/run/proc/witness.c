/* The witness: a small process on a third machine, which remembers who of two leads.
 *
 * Each connection shows a certificate that it trusts, and claims for the name in it alone, which is
 * not the witness's own. A claim is answered once what follows of it
 * is on the disk (standby/witness.h); it looks at no clock, and its restart changes nothing. */
#include "run/proc/tie.h"
#include "standby/witness.h"

#include <errno.h>
#include <stdlib.h>

enum { MEMORY = 512 << 20 };

struct server {
	struct ward_process p;
	struct ward_io_dir dir;
	struct ward_witness w;
	struct tie_seats seats;
};

static void open_all(struct server *s)
{
	const char *dir = ward_process_setting(&s->p, "dir");
	enum ward_err err;

	s->p.memory_max_bytes = MEMORY;
	tie_seats_open(&s->seats, &s->p, "one of the two");
	if (!dir)
		ward_process_die(&s->p, "its folder", WARD_ERR_CONFIG);
	err = ward_io_dir_open(&s->dir, dir, true, true);
	if (err)
		ward_process_die(&s->p, "its folder", err);
	ward_process_cage(&s->p, WARD_CAGE_FILES | WARD_CAGE_LISTEN, dir);
	err = ward_witness_read(&s->dir.io, &s->w);
	if (err && err != WARD_ERR_NOT_FOUND)
		ward_process_die(&s->p, "what it remembers", err);
	WARD_LOG(&s->p.log, INFO, "witness.open", WARD_KV_U("epoch", s->w.epoch),
		WARD_KV_Z("leader", s->w.leader), WARD_KV_I("alone", s->w.alone));
}

static const char *want_name(enum ward_witness_want w)
{
	static const char *const name[WARD_WITNESS_WANTS] = {
		"ask", "first", "alone", "pair", "take", "force"};

	return w < WARD_WITNESS_WANTS ? name[w] : "unknown";
}

static void on_claim(struct server *s, struct tie *t, const struct ward_standby_frame *f)
{
	enum ward_witness_want want = (enum ward_witness_want)f->want;
	struct ward_witness w = s->w;
	bool yes;

	if (f->type != WARD_STANDBY_CLAIM) {
		tie_hang_up(t);
		return;
	}
	yes = ward_witness_decide(&w, want, f->node, f->next);
	if (yes && want != WARD_WITNESS_ASK) {
		enum ward_err err = ward_witness_write(&s->dir.io, &w);

		if (err) /* nobody knows what is on the disk: the next life reads it */
			ward_process_die(&s->p, "what it remembers", err);
		s->w = w;
	}
	if (want != WARD_WITNESS_ASK)
		WARD_LOG(&s->p.log, INFO, "witness.claim", WARD_KV_S("node", f->node),
			WARD_KV_Z("want", want_name(want)), WARD_KV_I("granted", yes),
			WARD_KV_U("epoch", s->w.epoch));
	tie_put(t, &(struct ward_standby_frame){.type = WARD_STANDBY_VERDICT,
			   .epoch = s->w.epoch,
			   .node = s->w.epoch ? ward_str_z(s->w.leader) : WARD_STR("nobody"),
			   .next = s->w.version,
			   .yes = yes,
			   .alone = s->w.alone});
	(void)tie_turn(t);
}

static void turn(struct server *s)
{
	struct pollfd p[TIE_SEATS_POLL];
	struct ward_standby_frame f;

	tie_seats_poll(&s->seats, p);
	if (poll(p, WARD_ARRAY_LEN(p), 1000) < 0 && errno != EINTR)
		ward_process_die(&s->p, "poll", WARD_ERR_IO);
	if (p[0].revents)
		tie_seats_accept(&s->seats);
	tie_seats_turn(&s->seats);
	for (size_t i = 0; i < TIE_SEATS; i++) {
		struct tie *t = &s->seats.tie[i];

		while (tie_next(t, &f)) {
			tie_seats_met(&s->seats, t);
			on_claim(s, t, &f);
		}
	}
}

int main(int argc, char **argv)
{
	struct server *s = calloc(1, sizeof(*s));

	if (!s)
		return WARD_PROCESS_DIED;
	ward_process_begin(&s->p, "witness", argc, argv);
	open_all(s);
	while (!ward_process_stopping()) {
		turn(s);
		ward_process_count(&s->p);
	}
	return ward_process_end(&s->p);
}
