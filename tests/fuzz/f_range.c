/* A hospital of whatever lists, in which everything stops: time goes by for two hours, and what was
 * lost was lost within them. An input that begins with C is a directory: its files are parted by
 * form feeds, and each one's name stands in its first line; any other is one YAML file. */
#include "fuzz.h"

#include "range/look.h"
#include "range/rows.h"

enum { RUNS = 2, IDS = 5, FILES = 8, BYTES = 1 << 20 };

/* Seen from its midst: what is over is behind, what comes is before. */
static void look(const struct ward_range *r, const struct ward_range_in *in)
{
	struct ward_range_view v;
	struct ward_str bad;
	struct ward_arena a;
	const ward_ns at = in->until / 2;

	ward_arena_init(&a, ward_mem_heap(), 64 << 20);
	enum ward_err err = ward_range_look(r, in, at, &a, &v, &bad);

	WARD_ASSERT(err == WARD_OK || err == WARD_ERR_NOMEM);
	for (size_t i = 0; !err && i < v.n_thing; i++)
		WARD_ASSERT(v.thing[i].id.len && v.thing[i].is < WARD_RANGE_IS_N &&
			    v.thing[i].ends > at);
	for (size_t i = 0; !err && i < v.n_service; i++)
		WARD_ASSERT((v.service[i].since <= at) !=
			    (v.service[i].falls > at && v.service[i].falls < in->until));
	ward_arena_fini(&a);
}

static void live(const struct ward_range *r)
{
	static const char *const ids[IDS] = {"a", "b", "c", "d", "e"};
	struct ward_range_act act[IDS * WARD_RANGE_WHAT_N];
	struct ward_range_loss *loss;
	struct ward_arena a;
	struct ward_str bad;
	size_t n = 0, n_act = 0;

	for (size_t i = 0; i < WARD_ARRAY_LEN(act); i++) {
		struct ward_range_act *one = &act[n_act];

		*one = (struct ward_range_act){ward_str_z(ids[i % IDS]),
			(enum ward_range_what)((i + i / IDS) % WARD_RANGE_WHAT_N),
			(ward_ns)i * 60 * WARD_NS_PER_S, 60 * WARD_NS_PER_S};
		n_act += ward_range_can(r, one->on, one->what);
	}
	const struct ward_range_in in = {
		.act = act, .n_act = n_act, .until = 7200 * WARD_NS_PER_S, .seed = 1, .runs = RUNS};

	ward_arena_init(&a, ward_mem_heap(), 64 << 20);
	enum ward_err err = ward_range_run(r, &in, &a, &loss, &n, &bad);

	WARD_ASSERT(err == WARD_OK || err == WARD_ERR_NOMEM);
	for (size_t i = 0; i < n && !err; i++)
		WARD_ASSERT(loss[i].hit && loss[i].hit <= RUNS && loss[i].early <= loss[i].at &&
			    loss[i].at <= loss[i].late && loss[i].late < in.until &&
			    loss[i].lost >= 0 && loss[i].lost <= in.until);
	ward_arena_fini(&a);
	look(r, &in);
}

static enum ward_err parse_files(struct ward_str text, const struct ward_limits *lim,
	struct ward_diag *diag, struct ward_range **ret)
{
	struct range_file file[FILES] = {{.docs = NULL}};
	struct range_files f = {.file = file};
	enum ward_err err = WARD_OK;
	struct ward_arena a;

	ward_arena_init(&a, ward_mem_heap(), BYTES);
	while (text.len && f.n < FILES && !err) {
		struct ward_str part = ward_str_cut(&text, '\f');
		struct range_file *one = &file[f.n++];

		one->name = ward_str_cut(&part, '\n');
		err = ward_str_ends(one->name, WARD_STR(".csv"))
			      ? ward_conf_csv(
					&a, lim, one->name, ward_str_bytes(part), diag, &one->table)
			      : ward_conf_yaml(
					&a, lim, one->name, ward_str_bytes(part), diag, &one->docs);
	}
	if (!err)
		err = range_make(&f, lim, ward_mem_heap(), diag, ret);
	ward_arena_fini(&a);
	return err;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t *copy = fuzz_copy(data, size);
	struct ward_limits lim;
	struct ward_diag diag;
	struct ward_range *r = NULL;
	enum ward_err err;

	ward_limits_default(&lim);
	ward_diag_init(&diag, ward_mem_heap());
	if (size && copy[0] == 'C')
		err = parse_files(
			ward_slice_text(ward_slice_of(copy + 1, size - 1)), &lim, &diag, &r);
	else
		err = ward_range_parse(WARD_STR("fuzz.yml"), ward_slice_of(copy, size), &lim,
			ward_mem_heap(), &diag, &r);
	if (!err)
		live(r);
	ward_range_free(r);
	ward_diag_fini(&diag);
	free(copy);
	return 0;
}
