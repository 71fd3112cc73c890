/* Files of norms and rows from outside: before a line "---" a norm, behind it rows, a line each.
 * Whatever they say, numbers hold together and all can be told. */
#include "fuzz.h"

#include "proof/board.h"
#include "words/words.h"

enum { ARENA = 1 << 24, ROWS = 256 };

static struct ward_model *model(const struct ward_limits *lim)
{
	static const char ontology[] = "classes: [{id: device, name: Device}]\naxioms: []\n",
			  threats[] = "threats: []\n",
			  hospital[] = "hospital: {id: h, name: H, timezone: UTC}\n";
	const struct ward_model_file file[] = {{WARD_STR("hospital.yml"), WARD_STR("hospital.yml"),
		ward_str_bytes(ward_str_z(hospital))}},
				     content[] = {
					     {WARD_STR("ontology.yml"), WARD_STR("ontology.yml"),
						     ward_str_bytes(ward_str_z(ontology))},
					     {WARD_STR("threats.yml"), WARD_STR("threats.yml"),
						     ward_str_bytes(ward_str_z(threats))}};
	struct ward_model *m = NULL;
	struct ward_diag d;

	ward_diag_init(&d, ward_mem_heap());
	if (ward_model_load_files(file, 1, content, lim, ward_mem_heap(), &d, &m) == WARD_ERR_NOMEM)
		m = NULL;
	ward_diag_fini(&d);
	return m;
}

static void rows(struct ward_proof *p, struct ward_arena *a, const struct ward_limits *lim,
	struct ward_str rest)
{
	struct ward_record_reader *reader = NULL;

	if (ward_record_reader_new(ward_mem_heap(), lim, &reader) != WARD_OK)
		return;
	for (size_t i = 0; rest.len && i < ROWS; i++) {
		const ward_ns time = (ward_ns)(1780000000 + 86400 * (int64_t)i) * WARD_NS_PER_S;
		struct ward_str line = ward_str_cut(&rest, '\n');
		const struct ward_conf *row = NULL;
		struct ward_record r;
		struct ward_diag d;

		if (ward_record_read(reader, line, a, &r) == WARD_OK)
			WARD_ASSERT(ward_proof_record(p, &r, time) == WARD_OK);
		ward_diag_init(&d, ward_mem_heap());
		if (ward_conf_json(a, lim, WARD_STR("row"), 1, ward_str_bytes(line), &d, &row) ==
			WARD_OK)
			WARD_ASSERT(
				ward_proof_row(p, row, i % 2 ? time : WARD_NS_NEVER) == WARD_OK);
		ward_diag_fini(&d);
	}
	ward_record_reader_free(reader);
}

static void tell(struct ward_proof *p, const struct ward_model *m, const struct ward_norms *n)
{
	const ward_ns now = 1790000000 * WARD_NS_PER_S;
	const struct ward_proof_ask ask = {.proof = p, .now = now, .month = ward_month_of(now)};
	static struct ward_proof_facts f;
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), 64 << 20);
	struct ward_doc d;

	if (ward_proof_gather(&ask, &f) != WARD_OK)
		return;
	for (size_t i = 0; i < WARD_FACT_N; i++)
		WARD_ASSERT(f.value[i].now + f.value[i].then <= f.value[i].n ||
			    ward_fact_from((enum ward_fact)i) != WARD_FROM_RECORD ||
			    i == WARD_FACT_HARM || i == WARD_FACT_HARM_LIKELY);
	const struct ward_board b = {.t = {.proof = p,
					     .facts = &f,
					     .norms = n,
					     .model = m,
					     .at = now,
					     .month = ask.month}};

	ward_doc_init(&d, WARD_STR("en"));
	ward_evidence_tell(&b.t, &d);
	ward_board_tell(&b, &d);
	ward_doc_markdown(&d, &w);
	ward_doc_fini(&d);
	ward_wr_fini(&w);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct ward_str text = {(const char *)data, size};
	size_t at = ward_str_find(text, WARD_STR("\n---\n"));
	static struct ward_norms norms;
	static struct ward_model *m;
	struct ward_proof *p = NULL;
	struct ward_limits lim;
	struct ward_arena a;
	struct ward_diag d;

	ward_limits_default(&lim);
	m = m ? m : model(&lim);
	if (!m || ward_proof_new(ward_mem_heap(), m, NULL, &p) != WARD_OK)
		return 0;
	ward_arena_init(&a, ward_mem_heap(), ARENA);
	ward_diag_init(&d, ward_mem_heap());
	norms = (struct ward_norms){.n = 0};
	WARD_ASSERT(ward_norm_read(WARD_STR("norm.yml"),
			    ward_str_bytes(ward_str_sub(text, 0, at == SIZE_MAX ? size : at)), &a,
			    &lim, &d, &norms) != WARD_ERR_IO);
	if (at != SIZE_MAX)
		rows(p, &a, &lim, ward_str_sub(text, at + 5, size));
	tell(p, m, &norms);
	ward_diag_fini(&d);
	ward_arena_fini(&a);
	ward_proof_free(p);
	return 0;
}
