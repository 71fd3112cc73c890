/* The process that alone writes into the hospital's directory: it keeps every version of it
 * (revision), has what people propose checked by a child that may only read (checker), and takes a
 * proposal when somebody decides so, who is named by `desk`. `api` asks it questions; nothing that
 * `api` says changes the directory. */
#include "run/proc/config.h"

#include <fcntl.h>
#include <limits.h>
#include <malloc.h>
#include <poll.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { WAIT_MS = 1000, SCRATCH = 512 << 20, OVERWRITTEN = 0xAA };

static const ward_ns patience = WARD_NS_PER_S, ran_after = 10 * WARD_NS_PER_S;

/* ---- questions of api ---- */

static void send_part(struct config *k, uint32_t id, uint32_t off)
{
	struct ward_wr w = ward_wr_fixed(k->out, sizeof(k->out));
	struct ward_slice all = ward_wr_slice(&k->answer);
	size_t left = off < all.len ? all.len - off : 0,
	       n = left < WARD_CONFIGURE_PART ? left : WARD_CONFIGURE_PART;

	ward_part_put(&w, &(struct ward_part){(uint32_t)all.len, off, {all.p + off, n}});
	enum ward_err err = ward_msg_send(k->api, WARD_MSG_CONFIGURED, id, ward_wr_slice(&w));

	if (err && err != WARD_ERR_AGAIN)
		ward_process_die(&k->p, "the link with api", err);
}

static void go_on(struct config *k, uint32_t id)
{
	struct ward_wr w = ward_wr_fixed(k->out, sizeof(k->out));

	ward_part_put(&w, &(struct ward_part){0, (uint32_t)k->question.len, {NULL, 0}});
	enum ward_err err = ward_msg_send(k->api, WARD_MSG_CONFIGURED, id, ward_wr_slice(&w));

	if (err && err != WARD_ERR_AGAIN)
		ward_process_die(&k->p, "the link with api", err);
}

static void refuse(struct config *k, enum ward_err err, const char *why)
{
	ward_wr_reset(&k->answer);
	ward_configured_put(
		&k->answer, &(struct ward_configured){.err = err, .why = ward_str_z(why)});
}

static void whole(struct config *k, uint32_t id)
{
	struct ward_configure_ask a;
	struct ward_rd r = ward_rd_slice(ward_wr_slice(&k->question));

	ward_arena_reset(&k->scratch);
	ward_wr_reset(&k->answer);
	if (ward_configure_get(&r, &a) != WARD_OK)
		refuse(k, WARD_ERR_MALFORMED, WARD_TEXT("that question is none"));
	else
		config_answer(k, &a);
	if (ward_wr_bad(&k->answer))
		refuse(k, WARD_ERR_LIMIT, WARD_TEXT("the answer is too long; ask for less"));
	k->answer_id = id;
	send_part(k, id, 0);
}

/* A part of a question, in order; another id begins anew. */
static void hear_api(struct config *k)
{
	struct ward_part part = {0};
	struct ward_msg m;
	enum ward_err err = ward_msg_recv(k->api, k->buf, &m);

	if (err == WARD_ERR_CLOSED)
		ward_process_die(&k->p, "api", err);
	if (err == WARD_ERR_AGAIN)
		return;
	if (!err)
		err = m.type == WARD_MSG_CONFIGURE ? ward_part_get(&m.body, &part)
						   : WARD_ERR_DENIED;
	if (err || part.total > WARD_CONFIGURE_ASK) {
		ward_count_name(&k->p.counters, "config.malformed", 1);
		return;
	}
	if (!part.total) { /* the next part of an answer that is here */
		if (m.id == k->answer_id && k->answer.len && part.off <= k->answer.len)
			send_part(k, m.id, part.off);
		return;
	}
	if (m.id != k->question_id || !part.off) {
		ward_wr_reset(&k->question);
		k->question_id = m.id;
	}
	if (part.off != k->question.len) {
		ward_count_name(&k->p.counters, "config.malformed", 1);
		return;
	}
	ward_wr_bytes(&k->question, part.bytes.p, part.bytes.len);
	if (ward_wr_bad(&k->question))
		ward_process_die(&k->p, "out of memory", WARD_ERR_NOMEM);
	ward_count_name(&k->p.counters, "config.asked", k->question.len == part.total);
	if (k->question.len == part.total)
		whole(k, m.id);
	else
		go_on(k, m.id);
}

/* ---- decisions ---- */

static void hear_desk(struct config *k)
{
	struct ward_decision d = {.kind = WARD_DECISION_N};
	struct ward_msg m;
	enum ward_err err = ward_msg_recv(k->desk, k->buf, &m);

	if (err == WARD_ERR_CLOSED)
		ward_process_die(&k->p, "desk", err);
	if (err == WARD_ERR_AGAIN)
		return;
	if (!err)
		err = m.type == WARD_MSG_DECIDE ? ward_decision_get(&m.body, &d) : WARD_ERR_DENIED;
	if (err || (d.kind != WARD_DECISION_CONFIGURE && d.kind != WARD_DECISION_APPOINT &&
			   d.kind != WARD_DECISION_PROCESSING && !config_tries(d.kind))) {
		ward_count_name(&k->p.counters, "config.malformed", 1);
		return;
	}
	if (!k->has_decided || !ward_id_eq(k->decided, d.id)) {
		ward_arena_reset(&k->scratch);
		if (config_tries(d.kind) && config_try(k, &d, m.id))
			return; /* it is answered once that is known */
		k->has_decided = !config_tries(d.kind) && config_decide(k, &d);
		k->decided = d.id;
	}
	config_answer_desk(k, m.id);
}

void config_answer_desk(struct config *k, uint32_t id)
{
	enum ward_err err = ward_msg_send(k->desk, WARD_MSG_DECIDED, id, ward_wr_slice(&k->said));

	if (err && err != WARD_ERR_AGAIN)
		ward_process_die(&k->p, "desk", err);
}

/* ---- its life ---- */

static void tell_supervisor(struct config *k)
{
	uint8_t what = (uint8_t)k->anew;

	if (!k->anew_at || ward_clock_mono(k->p.clock) < k->anew_at)
		return;
	k->anew_at = 0;
	if (ward_msg_send(k->supervisor, WARD_MSG_ANEW, 0, ward_slice_of(&what, 1)) != WARD_OK)
		ward_process_die(&k->p, "the supervisor", WARD_ERR_CLOSED);
}

/* Should a later version not be run with, it is this one to which `ward run` goes back. */
static void note_ran(struct config *k)
{
	if (!k->proven || !k->r || !k->begun || ward_clock_mono(k->p.clock) < k->proven)
		return;
	k->proven = 0;
	if (ward_revision_mark(k->r, "ran", k->begun) != WARD_OK)
		WARD_LOG(&k->p.log, WARN, "config.unmarked",
			WARD_KV_Z("why", ward_revision_why(k->r)));
}

static void run(struct config *k)
{
	while (!ward_process_stopping()) {
		struct pollfd p[] = {{k->api, POLLIN, 0}, {k->desk, POLLIN, 0},
			{k->trial.on ? k->trier : WARD_FD_NONE, POLLIN, 0}};

		(void)poll(p, WARD_ARRAY_LEN(p), k->anew_at ? 50 : WAIT_MS);
		if (p[0].revents)
			hear_api(k);
		if (p[1].revents)
			hear_desk(k);
		config_hear_trial(k);
		tell_supervisor(k);
		note_ran(k);
		config_record_due(k);
		ward_process_count(&k->p);
	}
}

static const char *setting(struct config *k, const char *key)
{
	const char *v = ward_process_setting(&k->p, key);

	if (!v)
		ward_process_die(&k->p, key, WARD_ERR_CONFIG);
	return v;
}

static int link_to(struct config *k, const char *name)
{
	int fd = ward_process_fd(&k->p, name);

	if (fd != WARD_FD_NONE && fcntl(fd, F_SETFL, O_NONBLOCK) != 0)
		ward_process_die(&k->p, name, WARD_ERR_IO);
	return fd;
}

static void open_config(struct config *k)
{
	k->hospital = setting(k, "hospital");
	/* where it is now: the checker's cage is bound to that, whatever a link leads to later */
	const char *content = setting(k, "content");
	static char resolved[PATH_MAX];

	k->content = realpath(content, resolved) ? resolved : content;
	k->folder = setting(k, "dir");
	k->api = link_to(k, "api");
	k->desk = link_to(k, "desk");
	k->supervisor = ward_process_need_fd(&k->p, "supervisor");
	k->journal = (struct ward_ask){.fd = ward_process_need_fd(&k->p, "journal"),
		.next_id = ward_process_ids(),
		.again = patience,
		.give_up = 10 * patience,
		.clock = k->p.clock};
	k->proven = ward_clock_mono(k->p.clock) + ran_after;
	if (!ward_str_u64(ward_str_z(setting(k, "begun")), &k->begun))
		ward_process_die(&k->p, "begun", WARD_ERR_CONFIG);
	(void)snprintf(k->stage, sizeof(k->stage), "%s/stage", k->folder);
	k->question = ward_wr_grow(ward_mem_heap(), WARD_CONFIGURE_ASK);
	k->answer = ward_wr_grow(ward_mem_heap(), WARD_CONFIGURE_ANSWER);
	k->said = ward_wr_grow(ward_mem_heap(), WARD_MSG_BODY_MAX);
	ward_arena_init(&k->scratch, ward_mem_heap(), SCRATCH);
	if (sodium_init() < 0 || ward_names_init(&k->names, ward_mem_heap(), &k->lim) != WARD_OK)
		ward_process_die(&k->p, "out of memory", WARD_ERR_NOMEM);
}

/* In the cage: what it writes is beneath its two folders. A folder of versions that can't be used
 * is no reason to watch nothing: who asks is told. */
static void open_versions(struct config *k)
{
	const struct ward_revision_in in = {k->folder, k->hospital, ward_mem_heap(), true};
	char why[WARD_REVISION_SAY];
	uint64_t n;

	if (ward_revision_open(&in, &k->r, why) != WARD_OK) {
		WARD_LOG(&k->p.log, ERROR, "config.versions", WARD_KV_Z("why", why));
		return;
	}
	if (ward_revision_undone(k->r))
		WARD_LOG(&k->p.log, ERROR, "config.undone",
			WARD_KV_U("version", ward_revision_undone(k->r)),
			WARD_KV_Z("why", ward_revision_why(k->r)));
	config_finished(k);
	if (config_note(k, &n) == WARD_OK)
		k->begun = k->begun ? k->begun : ward_revision_current(k->r);
	else
		WARD_LOG(&k->p.log, ERROR, "config.unnoted",
			WARD_KV_Z("why", ward_revision_why(k->r)));
	config_record_open(k);
}

/* Before the cage: afterwards the content is out of reach. A language that can't be read is said in
 * English, and `ward check` says why. */
static void load_languages(struct config *k)
{
	char dir[4096], list[256];
	struct ward_wr w = ward_wr_fixed(list, sizeof(list));
	int n = snprintf(dir, sizeof(dir), "%s/words", k->content);

	if (n < 0 || (size_t)n >= sizeof(dir))
		return;
	ward_lang_list(dir, &w);
	for (struct ward_str rest = ward_wr_text(&w); rest.len && k->n_lang < CONFIG_LANGS;) {
		struct ward_str code = ward_str_trim(ward_str_cut(&rest, ','));
		struct ward_lang *l = NULL;
		struct ward_diag diag;

		ward_diag_init(&diag, ward_mem_heap());
		if (code.len <= WARD_CONFIGURE_LANG && ward_lang_is_code(code) &&
			ward_lang_load(dir, code, &k->lim, ward_mem_heap(), &diag, &l) == WARD_OK &&
			l)
			k->lang[k->n_lang++] = l;
		ward_diag_fini(&diag);
	}
}

struct ward_lang *config_lang(struct config *k, struct ward_str code)
{
	for (size_t i = 0; i < k->n_lang; i++)
		if (ward_str_eq(ward_lang_code(k->lang[i]), code))
			return k->lang[i];
	return NULL;
}

/* The commands' processes are beside the program, as cli/libexec.h has it. */
static void start_checkers(struct config *k)
{
	const char *ward = setting(k, "ward"), *slash = strrchr(ward, '/');
	static char beside[2][PATH_MAX];
	int n = slash ? (int)(slash - ward) : 0;

	(void)snprintf(beside[0], sizeof(beside[0]), "%.*s/libexec/ward", n, ward);
	(void)snprintf(beside[1], sizeof(beside[1]), "%.*s/../libexec/ward", n, ward);
	const struct ward_checker cameras = {
		WARD_CHECKER_CAMERAS, ward, {ward, beside[0], beside[1], NULL}};
	const struct ward_checker files = {
		WARD_CHECKER_FILES, ward, {ward, k->content, k->hospital, k->folder, NULL}};

	ward_checker_start(&k->p, &cameras, &k->trier);
	ward_checker_start(&k->p, &files, &k->checker);
}

int main(int argc, char **argv)
{
	struct config *k = calloc(1, sizeof(*k));

	if (!k)
		return WARD_PROCESS_DIED;
	ward_process_begin(&k->p, "config", argc, argv);
	/* files of the hospital name people (badges.csv): whatever is freed is overwritten */
	(void)mallopt(M_PERTURB, OVERWRITTEN);
	ward_process_limits(&k->p, &k->lim);
	open_config(k);
	load_languages(k);
	start_checkers(k);
	ward_process_may_write(&k->p, k->hospital);
	ward_process_cage(&k->p, WARD_CAGE_FILES | WARD_CAGE_TREE, k->folder);
	open_versions(k);
	/* what was asked of a life before is asked again */
	if (k->api != WARD_FD_NONE &&
		ward_msg_send(k->api, WARD_MSG_AGAIN, 0, ward_slice_of(NULL, 0)) != WARD_OK)
		ward_count_name(&k->p.counters, "config.unsent", 1);
	run(k);
	for (size_t i = 0; i < CONFIG_PROPOSALS; i++)
		config_drop(&k->proposal[i]);
	for (size_t i = 0; i < k->n_lang; i++)
		ward_lang_free(k->lang[i]);
	ward_revision_free(k->r);
	ward_arena_fini(&k->scratch);
	ward_wr_fini(&k->question);
	ward_wr_fini(&k->answer);
	ward_wr_fini(&k->said);
	ward_wr_fini(&k->trial.out);
	int status = ward_process_end(&k->p);

	free(k);
	return status;
}
