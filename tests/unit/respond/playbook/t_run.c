#include "lab.h"

#include "../../../prop/prop.h"

#include <dirent.h>

static const struct ward_id run_id = {{1, 2, 3}};
static const ward_ns noon = 1767268800 * WARD_NS_PER_S;

static void put_out(struct ward_wr *w, const struct ward_run_out *o)
{
	ward_id_write(w, o->record.id);
	ward_wr_printf(w, " %s %.*s %u %s %s", ward_run_what_name(o->record.what),
		WARD_STR_ARG(o->record.step), o->record.attempt,
		o->record.why ? o->record.why : "-", ward_run_outcome_name(o->record.outcome));
	if (o->asks) {
		ward_wr_printf(w, " asks %d ", (int)o->request.ask);
		ward_id_write(w, o->request.id);
	}
	if (o->withdraws) {
		ward_wr_z(w, " withdraws ");
		ward_id_write(w, o->withdrawn);
	}
	ward_wr_ch(w, '\n');
}

static struct ward_run *begin(const struct pb_lab *l, const struct ward_mem *mem)
{
	static const struct ward_run_value given[] = {
		{{"__place__", 9}, {"room 5", 6}}, {{"__nothing__", 11}, {"x", 1}}};
	struct ward_run *r = NULL;

	assert_int_equal(
		ward_run_begin(l->item[0], &l->all, run_id, noon, given, 2, mem, &r), WARD_OK);
	return r;
}

/* Everything that needs nobody, until somebody is asked or it is over. */
static void go(struct ward_run *r, ward_ns now, struct ward_run_out *last)
{
	while (ward_run_next(r, now, last) == WARD_OK)
		;
}

static enum ward_err tell(
	struct ward_run *r, bool well, const struct ward_run_value *v, size_t n, ward_ns now)
{
	struct ward_run_request q;
	struct ward_run_out out;

	assert_true(ward_run_open(r, 0, &q));
	const struct ward_run_answer a = {q.id, well, NULL, v, n};

	return ward_run_answer(r, &a, now, &out);
}

static const char *asked(const struct ward_run *r, size_t i)
{
	struct ward_run_request q;

	return ward_run_open(r, i, &q) ? q.step->id.p : "nothing";
}

static void course(void **state)
{
	(void)state;
	static const struct ward_run_value first[] = {
		{{"__fire__", 8}, {"true", 4}}, {{"__again__", 9}, {"true", 4}}};
	static const struct ward_run_value again = {{"__again__", 9}, {"false", 5}};
	static const struct ward_run_value kind = {{"__kind__", 8}, {"b", 1}};
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), 1 << 16);
	struct ward_run_request q;
	struct ward_run_out out;
	ward_ns now = noon;
	struct pb_lab l;

	pb_load(&l);
	struct ward_run *r = begin(&l, ward_mem_heap());

	go(r, now, &out);
	assert_string_equal(asked(r, 0), PB_ID("action", "02"));
	assert_true(ward_run_due(r) == noon + 600 * WARD_NS_PER_S);
	assert_true(ward_run_open(r, 0, &q) && ward_str_eqz(q.role, "engineer"));
	ward_run_say(r, &q, NULL, &w);
	assert_true(ward_str_eqz(ward_wr_text(&w),
		"Look at room 5.\nTo be answered (__fire__): Does it burn?\n"
		"To be answered (__again__): Once more?"));
	ward_wr_reset(&w);
	/* an answer that says too little, or what nobody asked, leaves the request open */
	assert_int_equal(tell(r, true, first, 1, now), WARD_ERR_CONFIG);
	assert_int_equal(tell(r, true, &kind, 1, now), WARD_ERR_CONFIG);
	assert_int_equal(tell(r, true, first, 2, now), WARD_OK);
	go(r, now, &out);
	/* one branch waits a minute, the other one asks whether it may act */
	assert_string_equal(asked(r, 0), PB_ID("action", "07"));
	assert_true(ward_run_due(r) == noon + 60 * WARD_NS_PER_S);
	assert_true(ward_run_open(r, 0, &q) && q.ask == WARD_RUN_ASK_CONFIRM);
	ward_run_say(r, &q, NULL, &w);
	assert_true(ward_str_eqz(ward_wr_text(&w), "May Ward do this (http-api)? POST /room 5"));
	assert_true(ward_str_eqz(q.agent->name, "Tickets"));
	struct ward_id confirm = q.id;

	assert_int_equal(tell(r, true, NULL, 0, now), WARD_OK);
	assert_true(ward_run_open(r, 0, &q) && q.ask == WARD_RUN_ASK_HTTP);
	assert_false(ward_id_eq(q.id, confirm));
	assert_int_equal(tell(r, true, NULL, 0, now), WARD_OK);
	now += 60 * WARD_NS_PER_S;
	go(r, now, &out);
	assert_string_equal(asked(r, 0), PB_ID("action", "06"));
	assert_int_equal(tell(r, true, NULL, 0, now), WARD_OK); /* Call. */
	assert_int_equal(tell(r, true, NULL, 0, now), WARD_OK); /* Wait. */
	go(r, now, &out);
	assert_string_equal(asked(r, 0), PB_ID("action", "08"));
	assert_int_equal(tell(r, true, first + 1, 1, now), WARD_OK); /* once more */
	go(r, now, &out);
	assert_string_equal(asked(r, 0), PB_ID("action", "08"));
	assert_int_equal(tell(r, true, &again, 1, now), WARD_OK);
	go(r, now, &out);
	assert_true(ward_run_open(r, 0, &q) && q.playbook == l.item[1]);
	ward_wr_reset(&w);
	ward_run_say(r, &q, NULL, &w);
	assert_true(ward_str_eqz(
		ward_wr_text(&w), "Name room 5.\nTo be answered (__kind__): Which kind?"));
	assert_int_equal(tell(r, true, &kind, 1, now), WARD_OK);
	go(r, now, &out);
	assert_int_equal(ward_run_is(r), WARD_RUN_WELL);
	assert_int_equal(out.record.what, WARD_RUN_OVER);
	assert_true(ward_run_due(r) == WARD_NS_NEVER);
	assert_int_equal(ward_run_cancel(r, now, &out), WARD_ERR_STATE);
	ward_run_free(r);
	ward_wr_fini(&w);
	pb_fini(&l);
}

/* Somebody refuses, or nobody answers: the other branch is withdrawn, the exception takes over, and
 * the run has failed. */
static void failure(void **state)
{
	(void)state;
	static const struct ward_run_value fire[] = {
		{{"__fire__", 8}, {"true", 4}}, {{"__again__", 9}, {"false", 5}}};
	struct ward_run_request q;
	struct ward_run_out out;
	struct pb_lab l;

	pb_load(&l);
	for (unsigned late = 0; late < 2; late++) {
		struct ward_run *r = begin(&l, ward_mem_heap());
		ward_ns now = noon;

		go(r, now, &out);
		assert_int_equal(tell(r, true, fire, 2, now), WARD_OK);
		now += 61 * WARD_NS_PER_S;
		go(r, noon, &out);
		go(r, now, &out);
		assert_string_equal(asked(r, 0), PB_ID("action", "06"));
		assert_true(ward_run_open(r, 1, &q) && q.ask == WARD_RUN_ASK_CONFIRM);
		const struct ward_run_answer no = {q.id, false, "not now", NULL, 0};

		if (late)
			now = noon + 601 * WARD_NS_PER_S;
		assert_int_equal(
			ward_run_answer(r, &no, now, &out), late ? WARD_ERR_NOT_FOUND : WARD_OK);
		bool withdrawn = false;

		while (ward_run_next(r, now, &out) == WARD_OK)
			withdrawn = withdrawn || out.withdraws;
		assert_true(withdrawn);
		assert_string_equal(asked(r, 0), PB_ID("action", "90"));
		assert_string_equal(asked(r, 1), "nothing");
		assert_int_equal(tell(r, true, NULL, 0, now), WARD_OK);
		go(r, now, &out);
		assert_int_equal(ward_run_is(r), WARD_RUN_BADLY);
		ward_run_free(r);
	}
	pb_fini(&l);
}

/* One of ours: nobody calls the holder, so the crisis manager is told what was not done; nobody
 * answers that either, and the careful answer counts. */
static void nobody(void **state)
{
	(void)state;
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), 1 << 16);
	struct ward_run_request q;
	struct ward_run_out out;
	struct ward_run *r = NULL;
	char path[4096];
	struct pb_lab l;

	pb_init(&l);
	(void)snprintf(path, sizeof(path), "%s/content/playbooks/lost-badge.json",
		getenv("WARD_SOURCE_ROOT"));
	assert_int_equal(
		ward_playbook_file(path, &l.lim, ward_mem_heap(), &l.d, &l.item[0]), WARD_OK);
	l.all.n = 1;
	assert_int_equal(
		ward_playbook_check(l.item[0], &(struct ward_playbook_world){0}, &l.d), WARD_OK);
	assert_true(ward_playbook_answers(l.item[0], WARD_STR("access.badge-misuse")));
	assert_false(ward_playbook_answers(l.item[0], WARD_STR("access")));
	assert_int_equal(
		ward_run_begin(l.item[0], &l.all, run_id, noon, NULL, 0, ward_mem_heap(), &r),
		WARD_OK);
	go(r, noon, &out);
	go(r, ward_run_due(r), &out);
	assert_true(ward_run_open(r, 0, &q) && ward_str_eqz(q.role, "crisis-manager"));
	ward_run_say(r, &q, NULL, &w);
	ward_wr_u8(&w, 0);
	assert_string_equal((const char *)w.p,
		"Security guard has not done this: Call the badge's holder on the known number.\n"
		"The step before was not done in time: name somebody who does it now.\n"
		"To be answered (__lost__): Is the badge lost or in other hands?");
	go(r, ward_run_due(r), &out);
	assert_true(ward_run_open(r, 0, &q) && !q.failed);
	assert_true(ward_str_starts(q.command->text, WARD_STR("Block the badge,")));
	ward_run_free(r);
	ward_wr_fini(&w);
	pb_fini(&l);
}

static void cancelled(void **state)
{
	(void)state;
	struct ward_run_request q;
	struct ward_run_out out;
	struct pb_lab l;
	size_t n = 0;

	pb_load(&l);
	struct ward_run *r = begin(&l, ward_mem_heap());

	go(r, noon, &out);
	assert_true(ward_run_open(r, 0, &q));
	assert_int_equal(ward_run_cancel(r, noon, &out), WARD_OK);
	assert_false(ward_run_open(r, 0, &(struct ward_run_request){0}));
	while (ward_run_next(r, noon, &out) == WARD_OK)
		n += out.withdraws && ward_id_eq(out.withdrawn, q.id);
	assert_int_equal(n, 1);
	assert_int_equal(ward_run_is(r), WARD_RUN_STOPPED);
	ward_run_free(r);
	l.item[0]->sound = false;
	assert_int_equal(
		ward_run_begin(l.item[0], &l.all, run_id, noon, NULL, 0, ward_mem_heap(), &r),
		WARD_ERR_STATE);
	l.item[0]->sound = true;
	l.item[0]->valid_until = noon;
	assert_int_equal(
		ward_run_begin(l.item[0], &l.all, run_id, noon, NULL, 0, ward_mem_heap(), &r),
		WARD_ERR_DENIED);
	pb_fini(&l);
}

/* What happens next, out of one number only: so it is the same however often it is asked. */
static struct ward_str chosen(const struct ward_playbook_var *v, uint64_t n)
{
	static const struct ward_str word[] = {{"a", 1}, {"b", 1}, {"yes", 3}, {"no", 2}, {"0", 1}};

	if (ward_str_eqz(v->type, "bool"))
		return n % 3 ? WARD_STR("false") : WARD_STR("true");
	if (ward_str_eqz(v->type, "integer"))
		return WARD_STR("3");
	return word[n % WARD_ARRAY_LEN(word)];
}

static enum ward_err somebody(
	struct ward_run *r, uint64_t number, ward_ns now, struct ward_run_out *out)
{
	struct ward_run_value v[16];
	struct ward_run_request q, any;
	uint64_t seed = number;
	size_t n = 0, n_value = 0;

	while (ward_run_open(r, n, &q))
		n++;
	if (!n)
		return WARD_ERR_AGAIN;
	(void)ward_run_open(r, prop_random(&seed) % n, &any);
	uint64_t luck = prop_random(&seed);
	bool last = any.command == &any.step->command[any.step->n_command - 1];

	for (size_t i = 0; any.ask == WARD_RUN_ASK_ROLE && last && i < any.step->n_out && i < 16;
		i++) {
		const struct ward_playbook_step *s = any.step;
		struct ward_playbook_var *is = ward_playbook_find_var(s->var, s->n_var, s->out[i]);

		if (!is)
			is = ward_playbook_find_var(
				any.playbook->var, any.playbook->n_var, s->out[i]);
		if (is)
			v[n_value++] = (struct ward_run_value){is->name, chosen(is, luck >> i)};
	}
	const struct ward_run_answer a = {any.id, luck % 7 != 0, "no", v, luck % 7 ? n_value : 0};

	if (luck % 11 == 0)
		return WARD_ERR_AGAIN;
	return luck % 97 == 0 ? ward_run_cancel(r, now, out) : ward_run_answer(r, &a, now, out);
}

static struct ward_run *killed(struct ward_run *r, const struct ward_playbooks *all)
{
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), WARD_RUN_BYTES_MAX);
	struct ward_wr again = ward_wr_grow(ward_mem_heap(), WARD_RUN_BYTES_MAX);
	struct ward_run *loaded = NULL;

	ward_run_save(r, &w);
	ward_run_free(r);
	assert_false(ward_wr_bad(&w));
	assert_int_equal(ward_run_load(ward_wr_slice(&w), all, ward_mem_heap(), &loaded), WARD_OK);
	ward_run_save(loaded, &again);
	assert_true(ward_str_eq(ward_wr_text(&w), ward_wr_text(&again)));
	ward_wr_fini(&w);
	ward_wr_fini(&again);
	return loaded;
}

enum kills { NEVER, AFTER_EACH, BEFORE_EACH, SOMETIMES };

/* Plays a run to its end. kills: it is killed and loaded at every boundary, or each transition is
 * made, lost, and made again. Gives how many transitions there were. */
static size_t play(
	struct pb_lab *l, uint32_t which, uint64_t seed, enum kills kills, struct ward_wr *log)
{
	struct ward_run *r = NULL;
	ward_ns now = noon;
	size_t n = 0, idle = 0;

	assert_int_equal(ward_run_begin(l->all.item[which], &l->all, run_id, noon, NULL, 0,
				 ward_mem_heap(), &r),
		WARD_OK);
	while (ward_run_is(r) == WARD_RUN_OPEN && n < 4000) {
		uint64_t choice = seed * 1000003 + n * 31 + idle;
		struct ward_wr before = ward_wr_grow(ward_mem_heap(), WARD_RUN_BYTES_MAX);
		struct ward_run_out out, lost;

		ward_run_save(r, &before);
		enum ward_err err = ward_run_next(r, now, &out);
		bool asked_somebody = err == WARD_ERR_AGAIN;

		if (asked_somebody)
			err = somebody(r, choice, now, &out);
		if (!err && (kills == BEFORE_EACH || (kills == SOMETIMES && choice % 5 == 0))) {
			lost = out;
			ward_run_free(r);
			assert_int_equal(
				ward_run_load(ward_wr_slice(&before), &l->all, ward_mem_heap(), &r),
				WARD_OK);
			err = asked_somebody ? somebody(r, choice, now, &out)
					     : ward_run_next(r, now, &out);
			assert_true(ward_id_eq(lost.record.id, out.record.id));
		}
		ward_wr_fini(&before);
		if (err == WARD_ERR_AGAIN) {
			assert_true(ward_run_due(r) > now && ward_run_due(r) < WARD_NS_NEVER);
			now = ward_run_due(r);
			idle++;
			continue;
		}
		assert_int_equal(err, WARD_OK);
		put_out(log, &out);
		n++;
		if (kills == AFTER_EACH || (kills == SOMETIMES && choice % 3 == 0))
			r = killed(r, &l->all);
	}
	assert_true(ward_run_is(r) != WARD_RUN_OPEN);
	ward_run_free(r);
	return n;
}

/* Content's playbooks and the official ones that are sound, beside the two of the lab. */
static void load_more(struct pb_lab *l, struct ward_playbook **item, const char *dir)
{
	struct dirent **e;
	char path[4096];
	int n = scandir(dir, &e, NULL, alphasort);

	for (int i = 0; i < n; i++) {
		if (l->all.n < 64 && ward_str_ends(ward_str_z(e[i]->d_name), WARD_STR(".json"))) {
			(void)snprintf(path, sizeof(path), "%s/%s", dir, e[i]->d_name);
			if (!ward_playbook_file(
				    path, &l->lim, ward_mem_heap(), &l->d, &item[l->all.n]))
				l->all.n++;
		}
		free(e[i]);
	}
	if (n >= 0)
		free(e);
}

static void everywhere(void **state)
{
	(void)state;
	const char *root = getenv("WARD_SOURCE_ROOT"), *data = getenv("WARD_SHARED_DATA");
	struct ward_playbook *item[64];
	size_t n_kill = 0, n_sound = 0;
	char path[4096];
	struct pb_lab l;

	pb_load(&l);
	memcpy(item, l.item, sizeof(l.item));
	l.all.item = item;
	assert_non_null(root);
	(void)snprintf(path, sizeof(path), "%s/content/playbooks", root);
	load_more(&l, item, path);
	for (unsigned i = 0; data && i < 2; i++) {
		(void)snprintf(path, sizeof(path), "%s/standards/cacao/examples-%s", data,
			i ? "soarca" : "oasis");
		load_more(&l, item, path);
	}
	const struct ward_playbook_world world = {.others = &l.all};

	for (uint32_t i = 0; i < l.all.n; i++) {
		if (ward_playbook_check(item[i], &world, &l.d))
			continue;
		item[i]->valid_until = WARD_NS_NEVER;
		n_sound++;
		for (uint64_t seed = 0; seed < (i < 2 ? 40 : 4); seed++) {
			struct ward_wr log[SOMETIMES + 1];

			for (unsigned k = 0; k <= SOMETIMES; k++) {
				log[k] = ward_wr_grow(ward_mem_heap(), 1 << 22);
				n_kill += play(&l, i, seed, (enum kills)k, &log[k]);
				if (!ward_str_eq(ward_wr_text(&log[0]), ward_wr_text(&log[k])))
					fail_msg("%.*s, seed %u: killed, it goes another way",
						WARD_STR_ARG(item[i]->file), (unsigned)seed);
			}
			for (unsigned k = 0; k <= SOMETIMES; k++)
				ward_wr_fini(&log[k]);
		}
	}
	print_message("%zu playbooks, %zu transitions\n", n_sound, n_kill);
	assert_true(n_sound >= 2 && n_kill > 1000);
	for (size_t i = 2; i < l.all.n; i++)
		ward_playbook_free(item[i]);
	l.all.n = 2;
	pb_fini(&l);
}

/* A saved state with any byte changed is refused, or goes on as some state does. */
static void damaged(void **state)
{
	(void)state;
	static const struct ward_run_value fire[] = {
		{{"__fire__", 8}, {"true", 4}}, {{"__again__", 9}, {"false", 5}}};
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), WARD_RUN_BYTES_MAX);
	struct ward_run_out out;
	struct pb_lab l;
	size_t n_bad = 0;

	pb_load(&l);
	struct ward_run *r = begin(&l, ward_mem_heap());

	go(r, noon, &out);
	assert_int_equal(tell(r, true, fire, 2, noon), WARD_OK);
	go(r, noon, &out);
	ward_run_save(r, &w);
	ward_run_free(r);
	for (size_t i = 0; i < w.len; i++)
		for (unsigned bit = 0; bit < 9; bit++) {
			struct ward_slice s = {w.p, bit < 8 ? w.len : i};

			w.p[i] ^= (uint8_t)(bit < 8 ? 1u << bit : 0);
			enum ward_err err = ward_run_load(s, &l.all, ward_mem_heap(), &r);

			n_bad += err != WARD_OK;
			assert_true(bit < 8 || err != WARD_OK);
			for (unsigned k = 0; !err && k < 200; k++)
				if (ward_run_next(r, noon + k * 60 * WARD_NS_PER_S, &out))
					(void)somebody(r, k, noon + k * 60 * WARD_NS_PER_S, &out);
			if (!err)
				ward_run_free(r);
			w.p[i] ^= (uint8_t)(bit < 8 ? 1u << bit : 0);
		}
	w.p[4] = 2;
	assert_int_equal(
		ward_run_load(ward_wr_slice(&w), &l.all, ward_mem_heap(), &r), WARD_ERR_VERSION);
	w.p[4] = 1;
	l.all.n = 1;
	l.all.item = &l.item[1];
	assert_int_equal(
		ward_run_load(ward_wr_slice(&w), &l.all, ward_mem_heap(), &r), WARD_ERR_NOT_FOUND);
	l.all.item = l.item;
	l.all.n = 2;
	assert_true(n_bad > 100);
	ward_wr_fini(&w);
	pb_fini(&l);
}

/* Without memory a transition is not made, and is made later. */
static void memory(void **state)
{
	(void)state;
	struct ward_wr whole = ward_wr_grow(ward_mem_heap(), 1 << 20);
	struct pb_lab l;

	pb_load(&l);
	size_t n = play(&l, 0, 3, NEVER, &whole);

	for (uint64_t fail = 1; fail < 40; fail++) {
		struct ward_wr log = ward_wr_grow(ward_mem_heap(), 1 << 20);
		struct ward_mem_failing f;
		struct ward_run *r = NULL;
		ward_ns now = noon;
		size_t done = 0, idle = 0;

		ward_mem_failing_init(&f, fail);
		enum ward_err err =
			ward_run_begin(l.item[0], &l.all, run_id, noon, NULL, 0, &f.mem, &r);

		while (!err && done < n) {
			struct ward_run_out out;

			err = ward_run_next(r, now, &out);
			if (err == WARD_ERR_AGAIN)
				err = somebody(r, 3 * 1000003 + done * 31 + idle, now, &out);
			if (err == WARD_ERR_NOMEM)
				f.fail_at = 0;
			else if (err == WARD_ERR_AGAIN && ++idle)
				now = ward_run_due(r);
			else
				put_out(&log, &out);
			done += err == WARD_OK;
			err = WARD_OK;
		}
		assert_true(!r || ward_str_eq(ward_wr_text(&whole), ward_wr_text(&log)));
		ward_run_free(r);
		ward_wr_fini(&log);
	}
	ward_wr_fini(&whole);
	pb_fini(&l);
}

static size_t n_bytes, n_most;

static void *counted(void *ctx, void *p, size_t len_old, size_t len_new)
{
	(void)ctx;
	n_bytes += len_new - len_old;
	n_most = n_bytes > n_most ? n_bytes : n_most;
	return ward_mem_resize(ward_mem_heap(), p, len_old, len_new);
}

/* A thousand at once, each with its longest values. */
static void thousand(void **state)
{
	(void)state;
	static const struct ward_mem mem = {counted, NULL};
	static char place[WARD_PLAYBOOK_TEXT_MAX];
	static struct ward_run *r[1000];
	struct ward_run_value given = {{"__place__", 9}, {place, sizeof(place)}};
	struct ward_run_out out;
	struct pb_lab l;

	memset(place, 'x', sizeof(place));
	pb_load(&l);
	for (size_t i = 0; i < WARD_ARRAY_LEN(r); i++) {
		assert_int_equal(
			ward_run_begin(l.item[0], &l.all, run_id, noon, &given, 1, &mem, &r[i]),
			WARD_OK);
		for (unsigned k = 0; k < 60; k++)
			if (ward_run_next(r[i], noon, &out))
				(void)somebody(r[i], i * 7 + k, noon, &out);
	}
	print_message("1000 runs: %zu bytes\n", n_most);
	assert_true(n_most < (size_t)200 << 20);
	for (size_t i = 0; i < WARD_ARRAY_LEN(r); i++)
		ward_run_free(r[i]);
	assert_int_equal(n_bytes, 0);
	pb_fini(&l);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(course), cmocka_unit_test(failure),
		cmocka_unit_test(nobody), cmocka_unit_test(cancelled), cmocka_unit_test(everywhere),
		cmocka_unit_test(damaged), cmocka_unit_test(memory), cmocka_unit_test(thousand)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
