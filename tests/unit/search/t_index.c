#include "lab.h"

#include "../journal/simdisk.h"

static bool has(const struct lab *l, const char *word)
{
	return ward_index_may_hold(
		&l->ix, ward_term_hash(WARD_TERM_WORD, ward_str_bytes(ward_str_z(word))));
}

/* Every prefix and every changed byte is told from an index, whatever it says. */
static void only_whole_ones(void **state)
{
	struct ward_look_seg other = lab_seg;
	struct ward_index ix;
	struct lab l;

	(void)state;
	lab_init(&l);
	lab_event(&l, "net.flow", "user", ward_value_str(WARD_STR("p-abc")));
	assert_true(has(&l, "p-abc"));
	assert_false(has(&l, "p-abd"));
	assert_int_equal(l.ix.n_event, 1);
	assert_int_equal(l.ix.first, 7);
	assert_int_equal(l.ix.last, 7);
	for (size_t n = 0; n < l.file.len; n++)
		assert_int_not_equal(
			ward_index_read(ward_slice_of(l.file.p, n), &lab_seg, &ix), WARD_OK);
	for (size_t i = 0; i < l.file.len; i++) {
		l.file.p[i] ^= 0x10;
		assert_int_not_equal(
			ward_index_read(ward_wr_slice(&l.file), &lab_seg, &ix), WARD_OK);
		l.file.p[i] ^= 0x10;
	}
	other.tag++; /* the same name in another journal */
	assert_int_equal(ward_index_read(ward_wr_slice(&l.file), &other, &ix), WARD_ERR_FOREIGN);
	lab_fini(&l);
}

/* A crash at any call leaves no index, or one that fails its checks, or the whole one. */
static void crashes(void **state)
{
	size_t whole = 0;
	struct lab l;

	(void)state;
	lab_init(&l);
	for (uint64_t seed = 1; seed < 400; seed++) {
		struct sim_disk *d = calloc(1, sizeof(*d));
		struct ward_wr w = ward_wr_grow(ward_mem_heap(), 1 << 20);
		struct ward_index ix;

		assert_non_null(d);
		lab_event(&l, "net.flow", "user", ward_value_str(WARD_STR("p-abc")));
		sim_init(d, seed);
		d->crash_at = seed % 8;
		enum ward_err err = ward_index_save(&d->io, &lab_seg, ward_wr_slice(&l.file), 1);

		assert_true(err == WARD_OK || d->crash_at);
		if (seed % 2) {
			err = d->io.sync_dir(d->io.ctx);
			assert_true(err == WARD_OK || d->crash_at);
		}
		sim_crash(d);
		if (ward_index_load(&d->io, &lab_seg, &w, &ix) == WARD_OK) {
			assert_int_equal(w.len, l.file.len);
			assert_memory_equal(w.p, l.file.p, w.len);
			whole++;
		}
		/* the next search writes it anew */
		assert_int_equal(
			ward_index_save(&d->io, &lab_seg, ward_wr_slice(&l.file), 1), WARD_OK);
		assert_int_equal(ward_index_load(&d->io, &lab_seg, &w, &ix), WARD_OK);
		assert_int_equal(d->n_open, 0);
		ward_wr_fini(&w);
		sim_fini(d);
		free(d);
	}
	assert_true(whole > 0);
	lab_fini(&l);
}

/* With more terms than one may have the filter is left out: any term may be there. */
static void too_many(void **state)
{
	struct ward_index_maker m;
	struct lab l;

	(void)state;
	lab_init(&l);
	lab_event(&l, "net.flow", "user", ward_value_str(WARD_STR("p-abc")));
	ward_index_maker_init(&m, ward_mem_heap());
	m.terms.max = 2;
	ward_index_maker_add(&m, &l.e, &l.names);
	assert_true(m.full);
	ward_wr_reset(&l.file);
	ward_index_write(&m, &lab_seg, &l.file);
	assert_int_equal(ward_index_read(ward_wr_slice(&l.file), &lab_seg, &l.ix), WARD_OK);
	assert_true(has(&l, "p-abc") && has(&l, "anything"));
	ward_index_maker_fini(&m);
	lab_fini(&l);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_whole_ones),
		cmocka_unit_test(crashes),
		cmocka_unit_test(too_many),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
