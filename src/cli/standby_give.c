/* The machine that leads gives what it keeps. */
#include "backup/take.h"
#include "cli/copied.h"
#include "cli/standby_carry.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { LISTS = 3, WAIT_MS = 1000 };
static const ward_ns named_every = 600 * WARD_NS_PER_S;

struct giving {
	const struct ward_cli_carrying *c;
	struct ward_mirror list[LISTS]; /* the latest; before; empty, for what the other has else */
	ward_ns mono, wall;             /* when the latest was taken */
	uint64_t number, bytes;         /* of its archive */
	int fd;                         /* which has no name; -1 */
	ward_ns not_before;             /* monotonic: when it is looked anew */
	bool stopped;
	ward_ns named; /* monotonic: when a name that can't go over was told last; 0: never */
	char why[WARD_BACKUP_WHY];
};

static bool is(const struct ward_mirror *m, const uint8_t *id)
{
	static const uint8_t none[WARD_MIRROR_SUM];

	return memcmp(m->id, id, sizeof(m->id)) == 0 && memcmp(id, none, sizeof(none)) != 0;
}

/* What no list can name goes not over, and keeps nothing else from it. Links are told otherwise. */
static void tell_nameless(void *ctx, const char *path, const char *what)
{
	struct giving *g = ctx;
	ward_ns now = ward_clock_mono(ward_clock_system());
	char shown[256];
	size_t n = 0;

	if (ward_tar_path_ok(ward_str_z(path)) || (g->named && now - g->named < named_every))
		return;
	g->named = now;
	for (; n < sizeof(shown) - 1 && path[n]; n++)
		shown[n] = (unsigned char)path[n] < 0x20 || path[n] == 0x7f ? '?' : path[n];
	shown[n] = 0;
	(void)ward_cli_fail(
		g->c->cmd, "%s: %s: the other machine gets no copy of it; rename it", shown, what);
}

/* Into a file without a name, so that nothing of it stays. */
static enum ward_err take(struct giving *g, const struct ward_mirror *has, struct ward_mirror *now,
	struct ward_cli_copied *copied)
{
	const struct ward_backup_beside beside = {has, &g->list[0], now};
	const struct ward_backup_options o = {.state = g->c->state,
		.hospital = g->c->hospital,
		.store = copied->store,
		.mem = ward_mem_heap(),
		.left_out = tell_nameless,
		.ctx = g,
		.beside = &beside};
	struct ward_backup_made made = {.n_left_out = 0};

	if (g->fd >= 0)
		(void)close(g->fd);
	g->bytes = 0;
	g->fd = open(g->c->state, O_TMPFILE | O_RDWR | O_CLOEXEC, S_IRUSR | S_IWUSR);
	if (g->fd < 0) {
		(void)snprintf(g->why, sizeof(g->why), "%s: %s", g->c->state, strerror(errno));
		return WARD_ERR_IO;
	}
	enum ward_err err = ward_backup_take(&o, &copied->head, g->fd, &made, g->why);

	if (!err) /* of what is not whole nothing is given */
		g->bytes = made.sums.written;
	return err;
}

/* Once each: what goes not over with the rest. */
static void tell_left_out(const struct giving *g, const struct ward_mirror *now)
{
	for (size_t i = 0; i < now->n; i++) {
		const struct ward_mirror_item *before =
			ward_mirror_find(&g->list[0], now->item[i].path);

		if (ward_mirror_left_out(&now->item[i]) &&
			(!before || !ward_mirror_left_out(before)))
			(void)ward_cli_fail(g->c->cmd,
				"%s is a link, or has a second name: the other machine gets no "
				"copy "
				"of it, and keeps its own",
				now->item[i].path);
	}
}

/* What there is now, of which the other has that. */
static enum ward_err look(struct giving *g, const uint8_t *id)
{
	struct ward_cli_copied copied = {
		.cmd = g->c->cmd, .runs = !g->stopped, .lock = -1, .store = -1};
	const struct ward_mirror *has = &g->list[2];
	struct ward_mirror now;
	ward_ns mono = ward_clock_mono(ward_clock_system()),
		wall = ward_clock_now(ward_clock_system());
	enum ward_err err = WARD_ERR_STATE;

	for (size_t i = 0; i < 2; i++)
		if (is(&g->list[i], id))
			has = &g->list[i];
	ward_mirror_init(&now, ward_mem_heap());
	(void)snprintf(copied.state, sizeof(copied.state), "%s", g->c->state);
	(void)snprintf(g->why, sizeof(g->why), "the database can't be copied now");
	if (ward_cli_copied_open(&copied) == WARD_EXIT_DONE)
		err = take(g, has, &now, &copied);
	ward_cli_copied_close(&copied);
	if (err) {
		ward_mirror_fini(&now);
		return err;
	}
	tell_left_out(g, &now);
	g->mono = mono;
	g->wall = wall;
	g->number++;
	if (has == &g->list[1]) { /* what it has stays known until it has another one */
		ward_mirror_fini(&g->list[0]);
	} else {
		ward_mirror_fini(&g->list[1]);
		g->list[1] = g->list[0];
	}
	g->list[0] = now;
	return WARD_OK;
}

static void has(const struct giving *g)
{
	ward_cli_standby_say(g->c, &(struct ward_carry){.what = WARD_CARRY_HAS,
					   .mono = (uint64_t)g->mono,
					   .wall = (uint64_t)g->wall});
}

static void none(struct giving *g)
{
	ward_cli_standby_say(g->c, &(struct ward_carry){.what = WARD_CARRY_NONE,
					   .data = ward_slice_of(g->why, strlen(g->why))});
}

/* Each answer is a copy of the database: as long as one took, no other is begun, but the last. */
static bool too_soon(struct giving *g)
{
	if (g->stopped || ward_clock_mono(ward_clock_system()) >= g->not_before)
		return false;
	(void)snprintf(g->why, sizeof(g->why), "asked again too soon");
	return true;
}

static enum ward_err look_paused(struct giving *g, const uint8_t *id)
{
	ward_ns began = ward_clock_mono(ward_clock_system()), took;
	enum ward_err err = look(g, id);

	took = ward_clock_mono(ward_clock_system()) - began;
	g->not_before = began + took + (took > WARD_NS_PER_S ? took : WARD_NS_PER_S);
	return err;
}

static void on_ask(struct giving *g, const uint8_t *id)
{
	struct ward_carry a = {.what = WARD_CARRY_GIVEN, .id = id};

	if (too_soon(g)) {
		none(g);
		return;
	}
	if (look_paused(g, id)) {
		(void)ward_cli_fail(g->c->cmd, "for the other machine: %s", g->why);
		none(g);
		return;
	}
	a.number = g->number;
	a.n = g->bytes;
	a.wall = (uint64_t)g->wall;
	if (is(&g->list[0], id)) {
		a.what = WARD_CARRY_SAME;
		has(g);
	}
	ward_cli_standby_say(g->c, &a);
}

static void on_want(const struct giving *g, const struct ward_carry *c)
{
	static uint8_t bytes[WARD_CARRY_PIECE];
	ssize_t n = -1;

	if (g->fd >= 0 && c->number == g->number && c->n < g->bytes)
		n = pread(g->fd, bytes, sizeof(bytes), (off_t)c->n);
	if (n > 0)
		ward_cli_standby_say(g->c, &(struct ward_carry){.what = WARD_CARRY_BYTES,
						   .number = c->number,
						   .n = c->n,
						   .data = ward_slice_of(bytes, (size_t)n)});
}

int ward_cli_standby_give(const struct ward_cli_carrying *c)
{
	static uint8_t bytes[WARD_CARRY_MAX];
	struct giving *g = calloc(1, sizeof(*g));
	struct ward_carry said;
	enum ward_err err = WARD_OK;

	if (!g)
		return WARD_EXIT_RUN;
	g->c = c;
	g->fd = -1;
	/* numbers of an earlier life name other archives */
	g->number = (uint64_t)ward_clock_now(ward_clock_system());
	for (size_t i = 0; i < LISTS; i++)
		ward_mirror_init(&g->list[i], ward_mem_heap());
	while (err != WARD_ERR_CLOSED) {
		err = ward_cli_standby_hear(c, WAIT_MS, bytes, &said);
		if (err == WARD_ERR_DENIED || err == WARD_ERR_MALFORMED)
			ward_cli_standby_denied(c);
		if (err)
			continue;
		if (said.what == WARD_CARRY_ASK)
			on_ask(g, said.id);
		else if (said.what == WARD_CARRY_WANT)
			on_want(g, &said);
		else if (said.what == WARD_CARRY_KEPT && is(&g->list[0], said.id))
			has(g);
		else if (said.what == WARD_CARRY_STOPPED) {
			g->stopped = true; /* what Ward kept last goes over, too */
			ward_cli_standby_say(c, &(struct ward_carry){.what = WARD_CARRY_AGAIN});
		}
	}
	return WARD_EXIT_DONE;
}
