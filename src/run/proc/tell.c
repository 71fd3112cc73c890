/* The teller: reads rows from the store as they come and tells them on standard output, as a story
 * for people or as JSON lines. Which row it told last it keeps in a memory file of the supervisor:
 * a new life goes on behind it. When standard output is gone it goes on without; watching does not
 * hang on a terminal. */
#include "run/process.h"
#include "run/rows.h"
#include "story/story.h"
#include "story/zone.h"
#include "words/words.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { OUT_BYTES_MAX = 64 << 20, ROWS_MAX = 256, LOOK_BACK_ROWS = 20000 };

static const ward_ns ask_again = 300 * WARD_NS_PER_MS;

struct teller {
	struct ward_process p;
	struct ward_limits lim;
	struct ward_lang *lang;
	struct ward_story *story; /* NULL: JSON lines */
	struct ward_wr out;
	struct ward_ask store;
	int position;         /* memory file: the row told last, 8 bytes in this machine's order */
	uint64_t after, last; /* the row read last; the store's last row */
	uint64_t past;        /* rows up to this one were told before this life */
	bool looking_back, heard; /* heard: the store has answered */
	bool gone;                /* standard output */
};

static void put(struct teller *t)
{
	size_t at = 0;

	if (ward_wr_bad(&t->out))
		ward_process_die(&t->p, "out of memory", WARD_ERR_NOMEM);
	while (at < t->out.len && !t->gone) {
		ssize_t n = write(STDOUT_FILENO, t->out.p + at, t->out.len - at);

		if (n > 0)
			at += (size_t)n;
		else if (n < 0 && errno != EINTR && errno != EAGAIN)
			t->gone = true;
		else if (ward_process_stopping()) /* a terminal that was paused */
			break;
		else if (n < 0 && errno == EAGAIN)
			(void)poll(
				&(struct pollfd){.fd = STDOUT_FILENO, .events = POLLOUT}, 1, 1000);
	}
	if (t->gone && at < t->out.len)
		ward_count_name(&t->p.counters, "tell.unheard", 1);
	ward_wr_reset(&t->out);
	if (pwrite(t->position, &t->after, sizeof(t->after), 0) != (ssize_t)sizeof(t->after))
		ward_process_die(&t->p, "cannot keep the position", WARD_ERR_IO);
}

static void on_row(void *ctx, const struct ward_store_row *r)
{
	struct teller *t = ctx;
	enum ward_err err = WARD_OK;

	if (t->looking_back && r->row > t->past)
		return;
	t->after = r->row;
	/* a message to others in full is none to us */
	bool message = r->kind == WARD_ROW_DELIVERY && r->revision == 1;

	/* who decided stays on the ledger; `ward incident`, `act` and `playbook` tell what became
	 * of it */
	if (r->kind == WARD_ROW_DECISION || r->kind == WARD_ROW_RUN || r->kind == WARD_ROW_ACTION ||
		r->kind == WARD_ROW_PERMIT || r->kind == WARD_ROW_ACCOUNT ||
		r->kind == WARD_ROW_HEAD || r->kind == WARD_ROW_CENSUS ||
		r->kind == WARD_ROW_DELETION)
		return;

	if (t->story && !message) {
		err = ward_story_record(t->story, r->json, &t->out);
	} else if (!t->story && !t->looking_back) {
		ward_wr_str(&t->out, r->json);
		ward_wr_ch(&t->out, '\n');
	}
	if (err == WARD_ERR_NOMEM)
		ward_process_die(&t->p, "out of memory", err);
	if (err)
		WARD_LOG(&t->p.log, WARN, "tell.unreadable", WARD_KV_U("row", r->row),
			WARD_KV_E(err));
}

/* False when the store did not answer yet. */
static bool ask(struct teller *t)
{
	struct ward_rows_query q = {t->after, ROWS_MAX};
	enum ward_err err = ward_rows_fetch(&t->store, &q, on_row, t, &t->last);

	if (err && err != WARD_ERR_AGAIN)
		ward_process_die(&t->p, "no answer from store", err);
	t->heard |= !err;
	return !err;
}

static void flush(struct teller *t)
{
	if (t->story && ward_story_flush(t->story, &t->out) != WARD_OK)
		ward_process_die(&t->p, "out of memory", WARD_ERR_NOMEM);
}

static ward_ns now(const struct teller *t)
{
	return t->p.clock->now(t->p.clock->ctx);
}

/* The next rows, told; false when there were none. */
static bool fetch(struct teller *t)
{
	uint64_t before = t->after;

	if (!ask(t) || t->after == before)
		return false;
	/* more of the same batch may be on its way: what follows is told once all is in */
	if (t->after >= t->last)
		flush(t);
	return true;
}

/* What was told before this life: the story learns it anew, and says nothing. */
static void look_back(struct teller *t, uint64_t until)
{
	t->looking_back = true;
	t->past = until;
	t->after = until > LOOK_BACK_ROWS ? until - LOOK_BACK_ROWS : 0;
	while (t->after < until && !ward_process_stopping()) {
		(void)fetch(t);
		ward_wr_reset(&t->out);
	}
	flush(t);
	ward_wr_reset(&t->out);
	t->looking_back = false;
}

/* The first life of a run sums up what earlier runs left; a later one goes on where it was. */
static void begin(struct teller *t)
{
	uint64_t told;

	if (pread(t->position, &told, sizeof(told), 0) == (ssize_t)sizeof(told)) {
		look_back(t, told);
		return;
	}
	t->after = UINT64_MAX; /* asks only how many rows there were when the store was opened */
	while (!ask(t) && !ward_process_stopping())
		;
	look_back(t, t->last);
	if (t->story && ward_story_before(t->story, now(t), &t->out) != WARD_OK)
		ward_process_die(&t->p, "out of memory", WARD_ERR_NOMEM);
	put(t);
}

/* The supervisor has looked at the file: if it can't be read now, the story is told in English. */
static void learn_language(struct teller *t)
{
	const char *code = ward_process_setting(&t->p, "lang");
	const char *content = ward_process_setting(&t->p, "content");
	struct ward_diag diag;
	char dir[4096];
	enum ward_err err;

	if (!code || !content ||
		snprintf(dir, sizeof(dir), "%s/words", content) >= (int)sizeof(dir))
		return;
	ward_diag_init(&diag, ward_mem_heap());
	err = ward_lang_load(dir, ward_str_z(code), &t->lim, ward_mem_heap(), &diag, &t->lang);
	if (err)
		WARD_LOG(&t->p.log, ERROR, "tell.lang", WARD_KV_S("lang", ward_str_z(code)),
			WARD_KV_E(err));
	ward_diag_fini(&diag);
	ward_lang_count_in(t->lang, &t->p.counters);
}

static void make_story(struct teller *t)
{
	const char *width = ward_process_setting(&t->p, "width");
	const char *zone = ward_process_setting(&t->p, "timezone");
	const char *name = ward_process_setting(&t->p, "name");
	uint64_t columns = 0;
	struct ward_story_opts o = {.mem = ward_mem_heap(),
		.lim = &t->lim,
		.lang = t->lang,
		.counters = &t->p.counters,
		.hospital = ward_str_z(name ? name : ""),
		.zone = ward_str_z(zone ? zone : "UTC"),
		.colour = ward_process_setting(&t->p, "colour") != NULL};

	if (width && ward_str_u64(ward_str_z(width), &columns) && columns <= 1000)
		o.width = (size_t)columns;
	/* the zone's file is read now: there are no files in the cage */
	if (ward_zone_use(o.zone) != WARD_OK)
		WARD_LOG(&t->p.log, WARN, "tell.zone", WARD_KV_S("unknown", o.zone));
	if (ward_story_new(&o, &t->story) != WARD_OK)
		ward_process_die(&t->p, "out of memory", WARD_ERR_NOMEM);
}

/* Silence must not be taken for peace: who could not read says so. */
static void sum_up(struct teller *t)
{
	if (!t->story)
		return;
	if (!t->heard) {
		ward_say(&t->out, t->lang,
			WARD_TEXT("Nothing is known: the store did not answer, and ward.log says "
				  "why."));
		ward_wr_ch(&t->out, '\n');
	} else if (ward_story_end(t->story, 0, now(t), &t->out) != WARD_OK)
		return;
	put(t);
}

int main(int argc, char **argv)
{
	struct teller *t = calloc(1, sizeof(*t));

	if (!t)
		return WARD_PROCESS_DIED;
	ward_process_begin(&t->p, "tell", argc, argv);
	ward_process_limits(&t->p, &t->lim);
	t->out = ward_wr_grow(ward_mem_heap(), OUT_BYTES_MAX);
	t->position = ward_process_need_fd(&t->p, "position");
	t->store = (struct ward_ask){.fd = ward_process_need_fd(&t->p, "store"),
		.next_id = ward_process_ids(),
		.again = ask_again,
		.give_up = ask_again, /* then see whether we are to stop */
		.clock = t->p.clock};
	if (!ward_process_setting(&t->p, "json")) {
		learn_language(t);
		make_story(t);
	}
	ward_process_cage(&t->p, WARD_CAGE_PLAIN, NULL);
	begin(t);
	while (!ward_process_stopping()) {
		if (fetch(t))
			put(t);
		ward_process_count(&t->p);
	}
	sum_up(t);
	ward_story_free(t->story);
	ward_lang_free(t->lang);
	return ward_process_end(&t->p);
}
