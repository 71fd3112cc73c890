#include "fuzz.h"

#include "../unit/model/inventory/inv_lab.h"

/* The first byte says what the rest is: rules, a list of places, the IEEE's list, a checkpoint, or
 * event lines. Whatever was taken is then looked at and written in every form. */
static void write_all(struct inv_lab *l)
{
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), 64 << 20);

	inv_lab_view(l, true);
	struct ward_inv_report r = inv_lab_report(l, true);

	ward_inv_write_table(&r, &w);
	ward_inv_write_json(&r, &w);
	ward_inv_write_csv(&r, &w);
	ward_inv_write_cyclonedx(&r, &w);
	for (size_t i = 0; i < r.n; i++)
		ward_inv_write_why(&r, &r.c[i], &w);
	WARD_ASSERT(!ward_wr_bad(&w) && ward_utf8_valid(ward_wr_slice(&w), NULL));
	ward_wr_fini(&w);
}

/* Saved, loaded and saved again, it is the same. */
static void save_twice(struct inv_lab *l)
{
	struct ward_wr one = ward_wr_grow(ward_mem_heap(), 64 << 20),
		       two = ward_wr_grow(ward_mem_heap(), 64 << 20);

	ward_inventory_save(l->inv, &one);
	WARD_ASSERT(ward_inventory_load(l->inv, ward_wr_slice(&one)) == WARD_OK);
	ward_inventory_save(l->inv, &two);
	WARD_ASSERT(ward_str_eq(ward_wr_text(&one), ward_wr_text(&two)));
	ward_wr_fini(&one);
	ward_wr_fini(&two);
}

static void events(struct inv_lab *l, struct ward_str text)
{
	struct ward_arena a;

	ward_arena_init(&a, ward_mem_heap(), 16 << 20);
	while (text.len) {
		struct ward_str line = ward_str_cut(&text, '\n');
		struct ward_event e;

		ward_arena_reset(&a);
		if (ward_json_read_event(&l->json, line, &a, &e) == WARD_OK)
			WARD_ASSERT(ward_inventory_event(l->inv, &e) == WARD_OK);
	}
	ward_arena_fini(&a);
}

static void oui(struct ward_str text)
{
	static const uint8_t mac[6] = {0, 0x11, 0x22, 0x33, 0x44, 0x55};
	struct ward_oui *o = NULL;

	WARD_ASSERT(ward_oui_new(ward_mem_heap(), &o) == WARD_OK);
	WARD_ASSERT(ward_oui_parse(o, text) == WARD_OK);
	WARD_ASSERT(ward_utf8_valid(ward_str_bytes(ward_oui_vendor(o, mac)), NULL));
	ward_oui_free(o);
}

static void places(struct inv_lab *l, struct ward_slice text)
{
	static const uint8_t mac[6] = {0, 0x11, 0x22, 0, 0, 1};
	struct ward_placement p[WARD_PLACEMENTS];
	ward_ns at = 1772366400 * WARD_NS_PER_S;

	(void)!ward_places_read(l->places, WARD_STR("x"), text, at, &l->hospital.d);
	size_t n = ward_places_of(l->places, &mac, 1, 0, at + WARD_NS_PER_S, p);

	for (size_t i = 0; i < n; i++)
		WARD_ASSERT(p[i].confidence >= 5 && p[i].confidence <= 100 &&
			    (i == 0 || p[i].confidence <= p[i - 1].confidence));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct inv_lab l;

	if (len < 1)
		return 0;
	uint8_t *copy = fuzz_copy(data + 1, len - 1);
	struct ward_slice bytes = {copy, len - 1};

	WARD_ASSERT(inv_lab_open(&l, NULL));
	switch (data[0]) {
	case 'r':
		(void)!ward_inv_rules_parse(WARD_STR("x.yml"), bytes, l.rules, &l.hospital.d);
		break;
	case 'p':
		places(&l, bytes);
		break;
	case 'o':
		oui(ward_slice_text(bytes));
		break;
	case 'c':
		if (ward_inventory_load(l.inv, bytes) == WARD_OK)
			save_twice(&l);
		break;
	default:
		events(&l, ward_slice_text(bytes));
		save_twice(&l);
	}
	write_all(&l);
	inv_lab_close(&l);
	free(copy);
	return 0;
}
