/* The process that speaks with the hospital's own directory of people, for `login`: whether a
 * password is right, who a browser comes back as, whether somebody is still somebody there. It has
 * the account's secret, keeps nothing on the disk, and what it says is judged by `login`. */
#include "run/proc/directory.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>

enum { WAIT_MS = 1000, ARENA_BYTES = 8 << 20, MEMORY = 512 << 20, WHY_BYTES = 4096 };

static const ward_ns patience = 8 * WARD_NS_PER_S,
		     /* who waits for the next should not wait as long as the last did */
	down_for = 5 * WARD_NS_PER_S;

enum ward_err directory_lost(struct directory *k, const char *why)
{
	ward_wr_reset(&k->why);
	ward_say(&k->why, k->lang, why);
	return WARD_ERR_AGAIN;
}

enum ward_err directory_no(struct directory *k, const char *why)
{
	ward_wr_reset(&k->why);
	ward_say(&k->why, k->lang, why);
	return WARD_ERR_DENIED;
}

static struct ward_str keep(struct directory *k, const char *s, bool *ok)
{
	struct ward_str copy = ward_arena_str(&k->arena, ward_str_z(s));

	*ok = *ok && copy.p;
	return copy;
}

enum ward_err directory_say_who(
	struct directory *k, const struct ward_directory_who *who, struct ward_directed *ret)
{
	bool ok = true;

	ret->name = keep(k, who->name, &ok);
	ret->key = keep(k, who->key, &ok);
	ret->has_groups = who->has_groups;
	ret->many = who->many;
	ret->n_group = 0;
	for (size_t i = 0; i < k->conf.n_group; i++)
		if (who->group & UINT64_C(1) << i)
			ret->group[ret->n_group++] = k->conf.group[i].name;
	return ok ? WARD_OK : directory_lost(k, WARD_TEXT("out of memory"));
}

/* ---- questions ---- */

static const char *counter_of(enum ward_err err)
{
	return !err                     ? "directory.yes"
	       : err == WARD_ERR_DENIED ? "directory.no"
	       : err == WARD_ERR_STATE  ? "directory.unasked"
					: "directory.lost";
}

static enum ward_err ask(
	struct directory *k, const struct ward_direct *d, struct ward_directed *ret)
{
	ward_ns now = ward_clock_mono(k->p.clock);

	if (now < k->down)
		return directory_lost(k, WARD_TEXT("it could not be reached a moment ago"));
	k->until = now + patience;
	enum ward_err err = k->conf.kind == WARD_DIRECTORY_OIDC ? directory_oidc(k, d, ret)
								: directory_ldap(k, d, ret);

	directory_line_close(k);
	if (err == WARD_ERR_AGAIN)
		k->down = ward_clock_mono(k->p.clock) + down_for;
	return err;
}

static void answer(struct directory *k, const struct ward_msg *m)
{
	static uint8_t out[WARD_MSG_BODY_MAX];
	struct ward_wr w = ward_wr_fixed(out, sizeof(out));
	struct ward_rd r = m->body;
	struct ward_directed to = {.err = WARD_ERR_MALFORMED};
	struct ward_direct d;

	ward_wr_reset(&k->why);
	ward_arena_reset(&k->arena);
	if (m->type == WARD_MSG_DIRECT && ward_direct_get(&r, &d) == WARD_OK)
		to.err = ask(k, &d, &to);
	if (to.err)
		to = (struct ward_directed){.err = to.err};
	/* wrong passwords are on record with login; here it is said what a person must mend */
	if (to.err && to.err != WARD_ERR_STATE)
		WARD_LOG(&k->p.log, WARN, "directory.answer",
			WARD_KV_S("why", ward_wr_text(&k->why)), WARD_KV_E(to.err));
	ward_count_name(&k->p.counters, counter_of(to.err), 1);
	ward_directed_put(&w, &to);
	if (ward_wr_bad(&w) ||
		ward_msg_send(k->login, WARD_MSG_DIRECTED, m->id, ward_wr_slice(&w)) != WARD_OK)
		ward_count_name(&k->p.counters, "directory.unsent", 1);
	ward_wipe(out, w.len);
}

static void run(struct directory *k)
{
	while (!ward_process_stopping()) {
		struct pollfd p = {k->login, POLLIN, 0};
		struct ward_msg m;
		enum ward_err err;

		if (poll(&p, 1, WAIT_MS) < 0 && errno != EINTR)
			ward_process_die(&k->p, "poll", WARD_ERR_IO);
		err = p.revents ? ward_msg_recv(k->login, k->buf, &m) : WARD_ERR_AGAIN;
		if (err == WARD_ERR_CLOSED || err == WARD_ERR_IO)
			ward_process_die(&k->p, "the link with login", err);
		if (!err) {
			size_t n = ward_rd_left(&m.body);

			answer(k, &m);
			ward_wipe(k->buf, WARD_MSG_HEADER + n); /* a password was in it */
		}
		ward_process_count(&k->p);
	}
}

/* Before the cage. What the supervisor found no fault with may have been changed since. */
static void know(struct directory *k)
{
	const char *dir = ward_process_setting(&k->p, "hospital");
	struct ward_diag diag;

	ward_diag_init(&diag, ward_mem_heap());
	const struct ward_directory_in in = {.lim = &k->lim, .mem = ward_mem_heap(), .diag = &diag};
	enum ward_err err = dir ? ward_directory_load(&in, dir, &k->conf) : WARD_ERR_CONFIG;

	if (!err && !k->conf.kind)
		err = WARD_ERR_NOT_FOUND;
	if (err)
		ward_process_die(&k->p, WARD_DIRECTORY_FILE, err);
	ward_diag_fini(&diag);
}

/* Before the cage, too. */
static void speak(struct directory *k)
{
	const char *code = ward_process_setting(&k->p, "lang");
	const char *content = ward_process_setting(&k->p, "content");
	struct ward_diag diag;
	char dir[4096];

	if (!code || !content ||
		snprintf(dir, sizeof(dir), "%s/words", content) >= (int)sizeof(dir))
		return;
	ward_diag_init(&diag, ward_mem_heap());
	enum ward_err err =
		ward_lang_load(dir, ward_str_z(code), &k->lim, ward_mem_heap(), &diag, &k->lang);

	if (err) /* then the log's reasons are English */
		WARD_LOG(&k->p.log, ERROR, "directory.lang", WARD_KV_Z("lang", code),
			WARD_KV_E(err));
	ward_diag_fini(&diag);
	ward_lang_count_in(k->lang, &k->p.counters);
}

int main(int argc, char **argv)
{
	struct directory *k = calloc(1, sizeof(*k));

	if (!k)
		return WARD_PROCESS_DIED;
	ward_process_begin(&k->p, "directory", argc, argv);
	ward_process_limits(&k->p, &k->lim);
	k->p.memory_max_bytes = MEMORY;
	ward_arena_init(&k->arena, ward_mem_heap(), ARENA_BYTES);
	k->out = ward_wr_grow(ward_mem_heap(), WARD_OIDC_REQUEST * 2);
	k->why = ward_wr_grow(ward_mem_heap(), WHY_BYTES);
	k->login = ward_process_need_fd(&k->p, "login");
	if (fcntl(k->login, F_SETFL, O_NONBLOCK) != 0)
		ward_process_die(&k->p, "login", WARD_ERR_IO);
	know(k);
	speak(k);
	directory_line_prepare(k); /* the child that connects has no secret */
	ward_process_secret(&k->p, "secret_file", k->secret, sizeof(k->secret));
	if (k->conf.kind == WARD_DIRECTORY_LDAPS && !k->secret[0])
		ward_process_die(&k->p, "secret_file", WARD_ERR_CONFIG);
	ward_process_cage(&k->p, WARD_CAGE_PLAIN, NULL);
	run(k);
	directory_oidc_forget(k);
	ward_wipe(k->secret, sizeof(k->secret));
	ward_wr_fini(&k->out);
	ward_wr_fini(&k->why);
	ward_lang_free(k->lang);
	ward_arena_fini(&k->arena);
	ward_directory_free(&k->conf);
	return ward_process_end(&k->p);
}
