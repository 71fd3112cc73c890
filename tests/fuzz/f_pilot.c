/* A pilot's files, whatever they hold: the first byte says which. What can't be read has its line
 * and mend; what is read is checked, reckoned and told without trouble. */
#include "fuzz.h"

#include "pilot/tell.h"

static void told(struct ward_pilot *p)
{
	struct ward_pilot_report r;
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), 64 << 20);
	struct ward_doc doc;

	WARD_ASSERT(ward_pilot_reckon(p, ward_mem_heap(), &r) == WARD_OK);
	ward_doc_init(&doc, WARD_STR("en"));
	ward_pilot_tell(&r, NULL, &doc);
	WARD_ASSERT(!doc.err);
	ward_doc_markdown(&doc, &w);
	ward_pilot_json(&r, &w);
	ward_doc_fini(&doc);
	ward_wr_fini(&w);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	unsigned which = len ? data[0] % (WARD_PILOT_TABLES + 1) : 0;
	uint8_t *copy = fuzz_copy(len ? data + 1 : data, len ? len - 1 : 0);
	struct ward_slice text = ward_slice_of(copy, len ? len - 1 : 0);
	struct ward_pilot p;
	struct ward_limits lim;
	struct ward_diag d;
	enum ward_err err;

	ward_limits_default(&lim);
	ward_diag_init(&d, ward_mem_heap());
	ward_pilot_init(&p, ward_mem_heap());
	if (which == WARD_PILOT_TABLES)
		err = ward_pilot_read(&p, &lim, WARD_STR("pilot.yml"), text, &d);
	else
		err = ward_pilot_table_read(&p.arena, &lim, (enum ward_pilot_table_id)which,
			(struct ward_conf_beside){WARD_STR("table.csv"), text}, &d,
			&p.table[which]);
	WARD_ASSERT(err == WARD_OK);
	if (!d.n_error)
		ward_pilot_check(&p, &d);
	for (size_t i = 0; i < d.n; i++)
		WARD_ASSERT(d.item[i].mend.len);
	if (!d.n_error)
		told(&p);
	ward_pilot_fini(&p);
	ward_diag_fini(&d);
	free(copy);
	return 0;
}
