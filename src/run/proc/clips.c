/* The process that keeps clips of incidents. It reads from the store what is new of incidents, asks
 * the decoders of cameras that look there for what they saw, and writes the blurred clips that
 * come, each under a key of its own that only the hospital's evidence key opens. It can read back
 * none of them, and gives them to pages as they are. Every writing, reading and erasing is a row of
 * the ledger. */
#include "run/proc/clips.h"

#include "base/diag.h"

#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <poll.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { POLL_MS = 200, OVERWRITTEN = 0xAA };

static const ward_ns ask_again = 300 * WARD_NS_PER_MS;

static void give_up(struct clips *c, struct clips_pending *p, const char *why)
{
	struct clips_told t = {.act = "none",
		.row = clips_row_id(p->ask.id, "none"),
		.clip = p->ask.id,
		.incident = p->incident,
		.camera = c->camera[p->camera],
		.why = ward_str_z(why),
		.time = p->ask.to,
		.from = p->ask.from,
		.to = p->ask.to};

	ward_count_name(&c->p.counters, "clips.none", 1);
	(void)clips_tell(c, &t); /* else it is asked for again */
	ward_wr_fini(&p->clip);
	p->used = false;
}

static struct clips_pending *pending(struct clips *c, size_t camera, struct ward_id id)
{
	for (size_t i = 0; i < CLIPS_PENDING; i++)
		if (c->pending[i].used && c->pending[i].camera == camera &&
			ward_id_eq(c->pending[i].ask.id, id))
			return &c->pending[i];
	return NULL;
}

static void on_footage(struct clips *c, size_t camera, const struct ward_footage *f)
{
	struct clips_pending *p = pending(c, camera, f->id);
	char why[WARD_FOOTAGE_WHY + 1];

	if (!p) { /* of a former life, or given up */
		ward_count_name(&c->p.counters, "clips.unasked", 1);
		return;
	}
	if (f->what == WARD_FOOTAGE_NONE) {
		(void)snprintf(why, sizeof(why), "%.*s", WARD_STR_ARG(f->why));
		give_up(c, p, why);
		return;
	}
	if (f->what == WARD_FOOTAGE_BEGIN) {
		p->head = *f;
		p->begun = true;
		ward_wr_fini(&p->clip);
		return;
	}
	if (!p->begun || f->bytes.len > p->head.size - p->clip.len) {
		give_up(c, p, WARD_TEXT("its parts don't fit together"));
		return;
	}
	ward_wr_bytes(&p->clip, f->bytes.p, f->bytes.len);
	if (ward_wr_bad(&p->clip)) {
		give_up(c, p, WARD_TEXT("it is larger than video.clip"));
		return;
	}
	if (p->clip.len < p->head.size)
		return;
	clips_keep(c, p);
	ward_wr_fini(&p->clip);
	p->used = false;
}

static void hear(struct clips *c, size_t camera)
{
	struct ward_msg m;
	struct ward_footage f;
	enum ward_err err = ward_msg_recv(c->video[camera], c->buf, &m);

	if (err == WARD_ERR_CLOSED)
		ward_process_die(&c->p, "the supervisor closed a link", err);
	if (err == WARD_ERR_AGAIN)
		return;
	if (!err)
		err = m.type == WARD_MSG_FOOTAGE ? ward_footage_get(&m.body, &f) : WARD_ERR_DENIED;
	if (err)
		ward_count_name(&c->p.counters, "clips.refused", 1);
	else
		on_footage(c, camera, &f);
}

/* A decoder that began anew, or is too busy, gives none. */
static void check_time(struct clips *c)
{
	ward_ns now = ward_clock_mono(c->p.clock);

	for (size_t i = 0; i < CLIPS_PENDING; i++)
		if (c->pending[i].used && now >= c->pending[i].give_up)
			give_up(c, &c->pending[i],
				WARD_TEXT("its decoder did not give it in time"));
}

/* The row from which on the next life reads: what is not dealt with is read again. */
static void keep_position(struct clips *c)
{
	uint64_t row = c->after_row;

	for (size_t i = 0; i < CLIPS_PENDING; i++)
		if (c->pending[i].used && c->pending[i].row - 1 < row)
			row = c->pending[i].row - 1;
	if (pwrite(c->position, &row, sizeof(row), 0) != (ssize_t)sizeof(row))
		ward_process_die(&c->p, "cannot keep the position", WARD_ERR_IO);
}

/* The first life of a run begins with what is new: cameras have nothing of the past. */
static void resume(struct clips *c)
{
	uint64_t row;

	if (pread(c->position, &row, sizeof(row), 0) == (ssize_t)sizeof(row)) {
		c->after_row = row;
		return;
	}
	while (!ward_process_stopping()) {
		struct ward_rows_query q = {UINT64_MAX, 1};
		struct ward_msg m;
		uint8_t body[16];
		struct ward_wr w = ward_wr_fixed(body, sizeof(body));
		size_t n;

		ward_rows_query_put(&w, &q);
		if (ward_ask(&c->store, WARD_MSG_INCIDENTS, ward_wr_slice(&w), WARD_MSG_ROW_LIST,
			    &m) == WARD_OK &&
			ward_row_list_get(&m.body, &q, &c->after_row, &n) == WARD_OK)
			return;
	}
}

static void run(struct clips *c)
{
	resume(c);
	clips_tell_kept(c);
	while (!ward_process_stopping()) {
		struct pollfd p[WARD_CAMERAS_MAX + 4] = {
			[WARD_CAMERAS_MAX] = {.fd = c->photos.link, .events = POLLIN},
			{.fd = c->files.link, .events = POLLIN},
			{.fd = c->desk, .events = POLLIN},
			{.fd = c->api, .events = POLLIN}};

		for (size_t i = 0; i < WARD_CAMERAS_MAX; i++)
			p[i] = (struct pollfd){.fd = c->video[i], .events = POLLIN};
		if (poll(p, WARD_ARRAY_LEN(p), POLL_MS) < 0 && errno != EINTR)
			ward_process_die(&c->p, "poll", WARD_ERR_IO);
		for (size_t i = 0; i < WARD_CAMERAS_MAX; i++)
			if (c->video[i] >= 0 && p[i].revents)
				hear(c, i);
		if (c->photos.link >= 0 && p[WARD_CAMERAS_MAX].revents)
			clips_hear_given(c, &c->photos);
		if (c->files.link >= 0 && p[WARD_CAMERAS_MAX + 1].revents)
			clips_hear_given(c, &c->files);
		ward_wipe(
			c->buf, sizeof(c->buf)); /* nothing in clear stays, nor in what is freed */
		clips_hear_page(c);
		clips_look(c);
		check_time(c);
		keep_position(c);
		clips_hear_readers(c);
		if (ward_clock_now(c->p.clock) >= c->expiry)
			clips_expire(c);
		ward_process_count(&c->p);
	}
}

static ward_ns length(struct clips *c, const char *name)
{
	const char *text = ward_process_setting(&c->p, name);
	int64_t ns = 0;

	if (!text || !ward_str_i64(ward_str_z(text), &ns) || ns <= 0)
		ward_process_die(&c->p, name, WARD_ERR_CONFIG);
	return ns;
}

static int link_to(struct clips *c, const char *name)
{
	int fd = ward_process_fd(&c->p, name);

	if (fd >= 0 && fcntl(fd, F_SETFL, O_NONBLOCK) != 0)
		ward_process_die(&c->p, name, WARD_ERR_IO);
	return fd;
}

static void settle(struct clips *c)
{
	char text[2 * WARD_EVIDENCE_PUBLIC + 8], reads[4096];
	size_t n = 0;

	ward_process_secret(&c->p, "key", text, sizeof(text));
	if (sodium_init() < 0 ||
		sodium_hex2bin(c->key, sizeof(c->key), text, strlen(text), NULL, &n, NULL) != 0 ||
		n != sizeof(c->key))
		ward_process_die(&c->p, "the evidence key is no public key of 'ward clip key'",
			WARD_ERR_CONFIG);
	c->holds = ward_process_fd(&c->p, "holds");
	c->before = length(c, "before");
	c->after = length(c, "after");
	c->keep = length(c, "keep");
	c->keep_files = ward_process_setting(&c->p, "files") ? length(c, "files") : c->keep;
	c->dir = ward_process_setting(&c->p, "dir");
	if (!c->dir || snprintf(reads, sizeof(reads), "%s/reads", c->dir) >= (int)sizeof(reads))
		ward_process_die(&c->p, "dir", WARD_ERR_CONFIG);
	c->position = ward_process_need_fd(&c->p, "position");
	clips_read_places(c);
	for (size_t i = 0; i < WARD_CAMERAS_MAX; i++) {
		char name[WARD_PROCESS_NAME];

		ward_process_numbered(name, "video", i);
		c->video[i] = link_to(c, name);
	}
	c->photos.link = link_to(c, "photo");
	c->files.link = link_to(c, "file");
	c->desk = link_to(c, "desk");
	c->api = link_to(c, "api");
	c->store = (struct ward_ask){.fd = ward_process_need_fd(&c->p, "store"),
		.next_id = ward_process_ids(),
		.again = ask_again,
		.give_up = ask_again,
		.clock = c->p.clock};
	(void)umask(077);
	ward_process_cage(&c->p, WARD_CAGE_FILES, c->dir);
	if (mkdir(reads, 0700) != 0 && errno != EEXIST)
		ward_process_die(&c->p, "cannot make the folder of readings", WARD_ERR_IO);
}

int main(int argc, char **argv)
{
	struct clips *c = calloc(1, sizeof(*c));
	int status;

	if (!c)
		return WARD_PROCESS_DIED;
	ward_process_begin(&c->p, "clips", argc, argv);
	(void)mallopt(M_PERTURB, OVERWRITTEN);
	ward_process_limits(&c->p, &c->lim);
	ward_arena_init(&c->names, ward_mem_heap(), (size_t)64 << 20);
	ward_arena_init(&c->scratch, ward_mem_heap(), (size_t)16 << 20);
	settle(c);
	run(c);
	for (size_t i = 0; i < CLIPS_PENDING; i++)
		ward_wr_fini(&c->pending[i].clip);
	ward_photo_forget(&c->photos.is);
	ward_photo_forget(&c->files.is);
	ward_mem_free(ward_mem_heap(), c->whose, c->cap_whose * sizeof(*c->whose));
	free(c->place);
	ward_arena_fini(&c->scratch);
	ward_arena_fini(&c->names);
	status = ward_process_end(&c->p);
	free(c);
	return status;
}
