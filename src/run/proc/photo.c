/* The process that makes a photo fit to be kept: it takes the file from `desk` in pieces, decodes
 * it, blurs all but what is to be shown, encodes it anew, and hands that to `clips`. The original
 * is in its memory only, and wiped. It has no network, no file and no key: what a hostile photo
 * makes of it can spoil photos that are handed in meanwhile, and no more. */
#include "run/photo.h"
#include "run/process.h"
#include "run/watchdog.h"
#include "sense/video/veil.h"

#include <errno.h>
#include <malloc.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>

enum {
	PHOTOS = 4 /* that are handed in at once */,
	WAIT_MS = 1000,
	BYTES_OF_PIXEL = 16,
	OVERWRITTEN = 0xAA
};

/* One that is not gone on with makes room; what clips may take; what one photo may take of the
 * processor, at the very most: libav has no bound of time of its own. */
static const ward_ns idle_max = 15 * WARD_NS_PER_S, keep_max = 8 * WARD_NS_PER_S,
		     work_max = 10 * WARD_NS_PER_S;
static const size_t memory_max = (size_t)256 << 20;

struct photo {
	bool used, over;
	struct ward_id by;
	struct ward_photo_in in;
	ward_ns since; /* its last piece */
	/* then: what became of it, for whoever asks again */
	enum ward_err err;
	struct ward_id kept;
	char why[WARD_PHOTO_WHY];
};

struct darkroom {
	struct ward_process p;
	struct ward_limits lim;
	int desk;
	struct ward_ask clips;
	struct photo photo[PHOTOS];
	uint8_t buf[WARD_MSG_MAX];
};

static void answer(
	struct darkroom *k, uint32_t id, const struct photo *of, enum ward_err err, const char *why)
{
	char json[64];
	uint8_t body[WARD_PHOTO_WHY + 128];
	struct ward_wr w = ward_wr_fixed(body, sizeof(body)), j = ward_wr_fixed(json, sizeof(json));

	if (of && of->over && !err)
		ward_photo_say(&j, of->kept);
	const struct ward_decided d = {err, ward_str_z(why), ward_wr_text(&j)};

	ward_decided_put(&w, &d);
	err = ward_msg_send(k->desk, WARD_MSG_DECIDED, id, ward_wr_slice(&w));
	if (err && err != WARD_ERR_AGAIN) /* else it asks again */
		ward_process_die(&k->p, "the link to desk", err);
}

static void forget(struct photo *f)
{
	ward_photo_forget(&f->in);
	*f = (struct photo){.used = false};
}

/* That of the same report, else of what the same person began before and did not go on with, so
 * that nobody takes the places of others, else a free place, else that of one that is over or was
 * given up. */
static struct photo *place(struct darkroom *k, const struct ward_photo_piece *p)
{
	ward_ns now = ward_clock_mono(k->p.clock);
	struct photo *best = NULL, *own = NULL;

	for (size_t i = 0; i < PHOTOS; i++) {
		struct photo *f = &k->photo[i];

		if (f->used && ward_id_eq(f->in.id, p->id))
			return f;
		if (f->used && !f->over && ward_id_eq(f->by, p->by))
			own = f;
		if (!f->used || f->over || now - f->since > idle_max)
			best = !best || (best->used && !f->used) ? f : best;
	}
	best = own ? own : best;
	if (!best || p->off)
		return NULL;
	forget(best);
	best->used = true;
	best->by = p->by;
	return best;
}

/* Encodes it anew, and has it kept. */
static void make(struct darkroom *k, struct photo *f, const struct ward_photo_piece *p)
{
	struct ward_wr w =
		ward_wr_grow(ward_mem_heap(), (size_t)ward_limit(&k->lim, WARD_LIMIT_PHOTO_BYTES));
	struct ward_photo_piece out = {.id = p->id, .by = p->by};
	struct ward_veil veil;
	struct ward_id id = p->id;

	ward_watchdog_progress();
	f->err = ward_photo_veil(p->show, p->n_show, &veil);
	if (f->err)
		(void)snprintf(f->why, sizeof(f->why),
			"it would show more than half of the photo; show less");
	else
		f->err = ward_photo_make(ward_wr_slice(&f->in.file), &veil, &k->lim, &w, f->why);
	ward_photo_forget(&f->in);
	f->in.id = id;
	if (!f->err)
		f->err = ward_photo_hand(&k->clips, &out, ward_wr_slice(&w), &f->kept, f->why);
	if (f->err == WARD_ERR_CLOSED)
		ward_process_die(&k->p, "the supervisor closed a link", f->err);
	ward_wr_fini(&w);
	f->over = true;
	f->since = ward_clock_mono(k->p.clock);
	ward_count_name(&k->p.counters, f->err ? "photo.none" : "photo.made", 1);
	WARD_LOG(&k->p.log, INFO, "photo.made", WARD_KV_Z("err", ward_err_name(f->err)),
		WARD_KV_Z("why", f->why));
}

static void take(struct darkroom *k, uint32_t id, const struct ward_photo_piece *p)
{
	struct photo *f = place(k, p);
	enum ward_err err;

	if (!f && !p->off) {
		answer(k, id, NULL, WARD_ERR_FULL,
			"too many photos are handed in at once; in a minute, report it again with "
			"the photo");
		return;
	}
	if (!f) { /* of a life before */
		answer(k, id, NULL, WARD_ERR_AGAIN, "decoding it failed, or it came too slowly");
		return;
	}
	if (!f->over) {
		err = ward_photo_take(
			&f->in, p, (size_t)ward_limit(&k->lim, WARD_LIMIT_PHOTO_BYTES));
		f->since = ward_clock_mono(k->p.clock);
		if (err == WARD_ERR_AGAIN) {
			answer(k, id, f, WARD_OK, "");
			return;
		}
		if (err) {
			forget(f);
			answer(k, id, NULL, err,
				err == WARD_ERR_LIMIT
					? "the file is larger than photo.bytes; make it smaller, "
					  "or raise that in limits.yml"
					: ward_err_text(err));
			return;
		}
		make(k, f, p);
	}
	answer(k, id, f, f->err, f->why);
}

static void hear(struct darkroom *k)
{
	struct ward_photo_piece p;
	struct ward_msg m;
	enum ward_err err = ward_msg_recv(k->desk, k->buf, &m);

	ward_watchdog_progress();
	if (err == WARD_ERR_CLOSED)
		ward_process_die(&k->p, "the supervisor closed a link", err);
	if (err == WARD_ERR_AGAIN)
		return;
	if (!err)
		err = m.type == WARD_MSG_PHOTO ? ward_photo_get(&m.body, &p) : WARD_ERR_DENIED;
	if (err)
		ward_count_name(&k->p.counters, "photo.refused", 1);
	else
		take(k, m.id, &p);
	ward_wipe(k->buf, sizeof(k->buf));
}

static void run(struct darkroom *k)
{
	while (!ward_process_stopping()) {
		struct pollfd p = {k->desk, POLLIN, 0};
		ward_ns now;

		if (poll(&p, 1, WAIT_MS) < 0 && errno != EINTR)
			ward_process_die(&k->p, "poll", WARD_ERR_IO);
		if (p.revents)
			hear(k);
		now = ward_clock_mono(k->p.clock);
		for (size_t i = 0; i < PHOTOS; i++) /* nobody's photo stays in memory */
			if (k->photo[i].used && now - k->photo[i].since > 2 * idle_max)
				forget(&k->photo[i]);
		ward_process_count(&k->p);
	}
}

int main(int argc, char **argv)
{
	struct darkroom *k = calloc(1, sizeof(*k));
	int status;

	if (!k)
		return WARD_PROCESS_DIED;
	ward_process_begin(&k->p, "photo", argc, argv);
	/* libav has copies of its own: whatever is freed is overwritten (but for small pieces) */
	(void)mallopt(M_PERTURB, OVERWRITTEN);
	ward_process_limits(&k->p, &k->lim);
	k->desk = ward_process_need_fd(&k->p, "desk");
	k->clips = (struct ward_ask){.fd = ward_process_need_fd(&k->p, "clips"),
		.next_id = ward_process_ids(),
		.again = 2 * WARD_NS_PER_S,
		.give_up = keep_max,
		.clock = k->p.clock};
	k->p.memory_max_bytes =
		memory_max + (size_t)ward_limit(&k->lim, WARD_LIMIT_PHOTO_PIXELS) * BYTES_OF_PIXEL +
		(size_t)ward_limit(&k->lim, WARD_LIMIT_PHOTO_BYTES) * 2 * (PHOTOS + 1);
	if (ward_watchdog_start(&k->p.log, work_max) != WARD_OK)
		ward_process_die(&k->p, "the watchdog", WARD_ERR_IO);
	ward_process_cage(&k->p, WARD_CAGE_PLAIN, NULL);
	run(k);
	for (size_t i = 0; i < PHOTOS; i++)
		forget(&k->photo[i]);
	status = ward_process_end(&k->p);
	free(k);
	return status;
}
