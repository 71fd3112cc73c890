/* Orders to erase that somebody may have written by hand: what can be read is said again as it was,
 * and what it names is found. */
#include "fuzz.h"

#include "comply/order.h"

static void check(const struct ward_order *o)
{
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), 1 << 20);
	struct ward_order again;
	uint64_t number;

	for (size_t i = 0; i < o->n; i++) {
		const struct ward_order_item *is = &o->item[i];

		WARD_ASSERT(ward_order_has(o, is));
		WARD_ASSERT(ward_order_next(o, is->of, is->kind, is->number, &number));
		WARD_ASSERT(number == is->number);
	}
	ward_order_write(o, WARD_ORDER_ROW, &w);
	ward_order_init(&again, ward_mem_heap());
	WARD_ASSERT(ward_wr_bad(&w) || ward_order_read(&again, ward_wr_slice(&w)) == WARD_OK);
	for (size_t i = 0; i < again.n; i++)
		WARD_ASSERT(ward_order_has(o, &again.item[i]));
	ward_order_fini(&again);
	ward_wr_fini(&w);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	uint8_t *copy = fuzz_copy(data, len);
	struct ward_order o;

	ward_order_init(&o, ward_mem_heap());
	if (ward_order_read(&o, ward_slice_of(copy, len)) == WARD_OK)
		check(&o);
	else
		WARD_ASSERT(!o.n);
	ward_order_fini(&o);
	free(copy);
	return 0;
}
