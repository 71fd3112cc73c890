/* Registers of processing and lists of decisions from outside: before a line "---" a register,
 * behind it the list. Whatever they say, verdicts hold together, and what is decided is a line. */
#include "fuzz.h"

#include "../unit/model/lab.h"
#include "processing/processing.h"

enum { ARENA = 1 << 24, THINGS = 16, OUT = 1 << 18 };

static struct lab l; /* loaded once: it only answers */

static const char sources[] = "sources:\n"
			      "  - {id: cam, name: Camera, kind: video, where: 'rtsp://h/1', "
			      "watches: [d-1], purpose: p,\n"
			      "     personal_data: true, legal_basis: b, retention: 24h}\n";
static const char ready[] =
	"entries:\n"
	"  - {id: camera, kinds: [video], purpose: p, basis: A6-1-e, data: d, people: e}\n"
	"  - {id: persons, analytics: [baselines.persons], purpose: p}\n";
static const char demands[] =
	"jurisdiction: IT\ngrace: [{lasts: 30d, law: l, mark: confirmed}]\n"
	"demands:\n"
	"  - {id: a, law: x, of: camera, needs: [entry, agreement], mark: confirmed}\n"
	"  - {id: b, law: x, of: camera, most: 24h, mark: secondary}\n"
	"  - {id: c, law: x, of: camera, most: 7d, needs: [reason], mark: unconfirmed}\n"
	"  - {id: d, law: x, needs: [contract], mark: confirmed}\n"
	"area: [IT]\n";

static void write_all(const struct ward_processing_view *x)
{
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), OUT);

	ward_processing_write_table(x, &w);
	ward_processing_write_dpv(x, &w);
	ward_wr_fini(&w);
}

static void judge(const struct ward_processing *p, ward_ns now)
{
	static struct ward_proc_verdict v[THINGS];
	size_t n = ward_processing_judge(p, l.m, now, v, THINGS);

	WARD_ASSERT(n <= THINGS);
	for (size_t i = 0; i < n; i++) {
		WARD_ASSERT((unsigned)v[i].state < WARD_PROC_STATE_N);
		WARD_ASSERT((v[i].state == WARD_PROC_STOPPED) == (v[i].said != NULL));
		WARD_ASSERT(v[i].state != WARD_PROC_LACKS || v[i].n_gap);
		WARD_ASSERT((v[i].state == WARD_PROC_ENDING || v[i].state == WARD_PROC_ENDED ||
				    v[i].state == WARD_PROC_EXPIRED) <= (v[i].ended != NULL));
		/* a camera without an agreement in force never runs here */
		WARD_ASSERT(!ward_str_eqz(v[i].id, "cam") || !ward_proc_runs(v[i].state) ||
			    (v[i].agreement && v[i].agreement->from <= now));
	}
	write_all(&(struct ward_processing_view){p, l.m, NULL, now, v, n, false});
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct ward_str text = {(const char *)data, size};
	size_t cut = ward_str_find(text, WARD_STR("\n---\n"));
	static struct ward_processing p;
	struct ward_arena a;
	struct ward_diag d;

	if (!l.m && lab_load(&l, ward_mem_heap(), NULL, "sources-cam.yml", sources) != WARD_OK)
		abort();
	ward_arena_init(&a, ward_mem_heap(), ARENA);
	ward_diag_init(&d, ward_mem_heap());
	const struct ward_processing_file content[] = {
		{WARD_STR("entries.yml"), ward_str_bytes(ward_str_z(ready))},
		{WARD_STR("it.yml"), ward_str_bytes(ward_str_z(demands))}};
	const struct ward_processing_file own = {WARD_STR("processing.yml"),
		ward_str_bytes(ward_str_sub(text, 0, cut == SIZE_MAX ? size : cut + 1))};
	const struct ward_processing_file said = {
		cut == SIZE_MAX ? WARD_STR("") : WARD_STR("processing-decisions.csv"),
		ward_str_bytes(cut == SIZE_MAX ? WARD_STR("") : ward_str_sub(text, cut + 5, size))};
	const struct ward_processing_in in = {
		"", "/h", l.m, &l.lim, &a, &d, 1780000000 * WARD_NS_PER_S};
	enum ward_err err = ward_processing_read(&in, content, 2, &own, &said, &p);

	if (!err || err == WARD_ERR_CONFIG) {
		judge(&p, in.now);
		judge(&p, 4000000000 * WARD_NS_PER_S);
		ward_processing_check(&p, &in);
	}
	ward_diag_fini(&d);
	ward_arena_fini(&a);
	return 0;
}
