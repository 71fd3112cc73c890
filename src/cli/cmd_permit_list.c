#include "cli/commands.h"
#include "cli/permit.h"

#include <stdlib.h>

enum { OUT_BYTES_MAX = 64 << 20 };

struct list {
	struct ward_cli_hospital x;
	struct ward_permits *all;
	bool json, over;
};

static void put_ids(struct ward_json *j, const char *key, const struct ward_model *m,
	const uint32_t *node, size_t n)
{
	ward_json_key(j, key);
	ward_json_arr(j);
	for (size_t i = 0; i < n; i++)
		ward_json_str(j, ward_model_node(m, node[i])->id);
	ward_json_arr_end(j);
}

static void put_time(struct ward_json *j, const char *key, ward_ns t)
{
	if (t == WARD_NS_NEVER)
		return;
	ward_json_key(j, key);
	ward_json_time(j, t);
}

static void put_json(const struct list *l, const struct ward_permit *p, struct ward_wr *w)
{
	const struct ward_threats *t = ward_model_threats(l->x.model);
	const struct {
		const char *key;
		struct ward_str s;
	} text[] = {{"id", p->id}, {"who", p->who}, {"why", p->why}, {"badge", p->badge},
		{"by", p->by}, {"ended_by", p->ended_by}};
	struct ward_json j = ward_json_on(w);

	ward_json_obj(&j);
	ward_json_key(&j, "kind");
	ward_json_z(&j, "permit");
	for (size_t i = 0; i < WARD_ARRAY_LEN(text); i++) {
		if (!text[i].s.len)
			continue;
		ward_json_key(&j, text[i].key);
		ward_json_str(&j, text[i].s);
	}
	put_ids(&j, "place", l->x.model, p->place, p->n_place);
	put_ids(&j, "asset", l->x.model, p->asset, p->n_asset);
	ward_json_key(&j, "effects");
	ward_json_arr(&j);
	for (size_t i = 0; i < p->n_threat; i++)
		ward_json_str(&j, ward_threats_at(t, p->threat[i])->code);
	ward_json_arr_end(&j);
	put_time(&j, "from", p->from);
	put_time(&j, "until", p->until);
	put_time(&j, "made", p->made);
	put_time(&j, "ended", p->ended);
	ward_json_obj_end(&j);
	ward_wr_ch(w, '\n');
}

static bool is_over(const struct ward_permit *p, ward_ns now)
{
	return p->ended <= now || p->until < now;
}

static int by_begin(const void *va, const void *vb)
{
	const struct ward_permit *a = *(const struct ward_permit *const *)va;
	const struct ward_permit *b = *(const struct ward_permit *const *)vb;

	return a->from != b->from ? (a->from < b->from ? -1 : 1) : ward_str_cmp(a->id, b->id);
}

static int show(struct list *l, ward_ns now)
{
	size_t n_all = ward_permits_n(l->all), n = 0;
	const struct ward_permit **p = calloc(n_all + 1, sizeof(const struct ward_permit *));
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), OUT_BYTES_MAX);

	if (!p)
		return ward_cli_fail(l->x.cmd, "out of memory");
	for (size_t i = 0; i < n_all; i++)
		if (l->over || !is_over(ward_permits_at(l->all, i), now))
			p[n++] = ward_permits_at(l->all, i);
	qsort(p, n, sizeof(*p), by_begin);
	for (size_t i = 0; i < n; i++) {
		if (l->json)
			put_json(l, p[i], &w);
		else
			ward_cli_permit_say(&l->x, p[i], now, &w);
	}
	if (!l->json && !n)
		ward_wr_z(&w, l->over || !n_all ? "no works permits\n"
						: "no works permits in force or to come (--all "
						  "shows those that are over)\n");
	bool put = ward_cli_put(&w, stdout);

	ward_wr_fini(&w);
	free(p);
	return put ? WARD_EXIT_DONE : WARD_EXIT_RUN;
}

static int parse(struct list *l, int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "--json") == 0)
			l->json = true;
		else if (strcmp(argv[i], "--all") == 0)
			l->over = true;
		else if (strcmp(argv[i], "--content") == 0 && i + 1 < argc)
			l->x.content = argv[++i];
		else if (argv[i][0] == '-')
			return ward_cli_usage(l->x.cmd, "'%s' is not an option", argv[i]);
		else if (l->x.dir)
			return ward_cli_usage(l->x.cmd, "one directory at a time");
		else
			l->x.dir = argv[i];
	}
	return l->x.dir ? WARD_EXIT_DONE : ward_cli_usage(l->x.cmd, "give the hospital directory");
}

static int run(const struct ward_cmd *cmd, int argc, char **argv)
{
	struct list l = {.x = {.cmd = cmd}};
	int code = parse(&l, argc, argv);

	if (code)
		return code;
	code = ward_cli_hospital_open(&l.x, false);
	if (!code) {
		enum ward_err err = ward_permits_new(l.x.model, &l.x.lim, ward_mem_heap(), &l.all);

		if (!err)
			err = ward_permits_parse(&l.x.in, ward_str_z(l.x.path), l.x.text, l.all);
		ward_cli_hospital_findings(&l.x);
		if (err && err != WARD_ERR_CONFIG && err != WARD_ERR_LIMIT)
			code = ward_cli_fail(cmd, "%s", ward_err_text(err));
		else
			code = show(&l, ward_clock_now(ward_clock_system()));
		if (!code && err)
			code = WARD_EXIT_INPUT;
	}
	ward_permits_free(l.all);
	ward_cli_hospital_fini(&l.x);
	return code;
}

const struct ward_cmd ward_cmd_permit_list = {
	.name = "permit list",
	.summary = "the works permits in force and to come",
	.help = "usage: ward permit list [--all] [--json] [--content DIR] HOSPITAL\n\n"
		"The works permits of HOSPITAL/permits.csv (docs/permits.md), by their begin; "
		"times\n"
		"are the hospital's.\n\n"
		"  --all    those that are over, too\n"
		"  --json   one object per line\n\n"
		"Exit: 0 done, 1 a line of the file is wrong (told; it covers nothing), 2 usage,\n"
		"3 could not run.\n",
	.run = run,
};
