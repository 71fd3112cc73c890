#include "inv_lab.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

#define AHU "\"src_mac\":\"00:1b:63:84:45:e6\",\"src_ip\":\"10.1.0.5\""

static void test_known(void **state)
{
	struct inv_lab l;

	(void)state;
	assert_true(inv_lab_open(&l, NULL));
	inv_lab_event(&l, "net.x.ahu", 1, AHU);
	inv_lab_event(&l, "net.x.ahu", 2, "\"src_ip\":\"10.1.0.99\"");
	inv_lab_event(&l, "net.x.ahu", 3, "\"src_ip\":\"10.1.2.7\"");
	inv_lab_view(&l, true);
	const struct ward_candidate *c = inv_lab_find(&l, "ahu-1");

	assert_true(c && c->status == WARD_INV_KNOWN && !c->odd);
	assert_string_equal(ward_inv_status_text(c), "known");
	c = inv_lab_find(&l, "10.1.0.99");
	assert_true(c && c->status == WARD_INV_UNKNOWN && c->node == WARD_NONE);
	assert_string_equal(ward_inv_status_text(c), "unknown");
	assert_non_null(inv_lab_find(&l, "ahu-2"));
	inv_lab_close(&l);
}

static void test_moved(void **state)
{
	struct inv_lab l;

	(void)state;
	assert_true(inv_lab_open(&l, NULL));
	inv_lab_event(
		&l, "net.x.ahu", 1, "\"src_mac\":\"00:1b:63:84:45:e6\",\"src_ip\":\"10.1.0.77\"");
	inv_lab_view(&l, true);
	assert_int_equal(inv_lab_find(&l, "ahu-1")->odd, WARD_INV_MOVED);
	/* Another hardware takes its address: one asset, two devices. */
	inv_lab_event(
		&l, "net.x.ahu", 2, "\"src_mac\":\"00:11:22:00:00:01\",\"src_ip\":\"10.1.0.5\"");
	inv_lab_view(&l, true);
	assert_int_equal(l.n, 2);
	assert_true(
		l.c[0].odd == (WARD_INV_MOVED | WARD_INV_DUPLICATE) && l.c[1].odd == l.c[0].odd);
	inv_lab_close(&l);
}

/* By the number that it gives itself, where its address says nothing. */
static void test_by_name(void **state)
{
	struct inv_lab l;

	(void)state;
	assert_true(inv_lab_open(&l, NULL));
	inv_lab_event(&l, "net.x.iam", 1, "\"src_ip\":\"10.1.0.88\",\"id\":1001");
	inv_lab_event(&l, "net.dhcp.request", 2,
		"\"chaddr\":\"00:11:22:00:00:02\",\"host\":\"AHU-one.example.org\"");
	inv_lab_view(&l, true);
	assert_true(l.c[0].status == WARD_INV_KNOWN && l.c[1].status == WARD_INV_KNOWN);
	inv_lab_close(&l);
}

struct told {
	struct inv_lab *l;
	char text[2048];
};

static enum ward_err hear(void *ctx, const struct ward_event *e)
{
	struct told *t = ctx;
	struct ward_wr w = ward_wr_fixed(t->text, sizeof(t->text) - 1);

	w.len = strlen(t->text);
	ward_wr_str(&w, ward_name_text(&t->l->names, e->class));
	ward_wr_ch(&w, ' ');
	ward_wr_str(&w, ward_event_str(e, ward_name(&t->l->names, WARD_STR("asset.attribute"))));
	ward_wr_ch(&w, ' ');
	ward_wr_str(&w, ward_event_str(e, ward_name(&t->l->names, WARD_STR("asset.value"))));
	ward_wr_ch(&w, ' ');
	ward_wr_str(&w, ward_event_str(e, ward_name(&t->l->names, WARD_STR("asset.before"))));
	ward_wr_ch(&w, '\n');
	t->text[w.len] = 0;
	return WARD_OK;
}

static void tell(struct inv_lab *l, struct ward_changes *ch, struct told *t)
{
	struct ward_arena a;

	memset(t->text, 0, sizeof(t->text));
	t->l = l;
	inv_lab_view(l, true);
	ward_arena_init(&a, ward_mem_heap(), 1 << 20);
	assert_int_equal(ward_changes_tell(ch, l->c, l->n, 0, &a, hear, t), WARD_OK);
	ward_arena_fini(&a);
}

/* Each piece of news is told once. */
static void test_changes(void **state)
{
	struct ward_changes ch;
	struct inv_lab l;
	struct told t;

	(void)state;
	assert_true(inv_lab_open(&l, NULL));
	ward_changes_init(&ch, l.rules, l.hospital.m, ward_mem_heap());
	inv_lab_event(&l, "net.x.ahu", 1, AHU);
	tell(&l, &ch, &t);
	assert_string_equal(t.text, "");
	inv_lab_event(&l, "net.x.maker", 2, AHU ",\"id\":7");
	inv_lab_event(&l, "net.x.ahu", 3, "\"src_ip\":\"10.1.0.99\"");
	tell(&l, &ch, &t);
	assert_string_equal(t.text, "asset.changed vendor Seven V\nasset.new asset  \n");
	tell(&l, &ch, &t);
	assert_string_equal(t.text, "");
	inv_lab_event(&l, "net.x.reader", 4, AHU);
	inv_lab_event(&l, "net.x.reader", 5, AHU);
	tell(&l, &ch, &t);
	assert_string_equal(t.text, "asset.changed class device.reader device.ahu\n");
	inv_lab_event(&l, "net.x.soft", 6, "\"dst_ip\":\"10.1.0.5\",\"banner\":\"Web/1\"");
	tell(&l, &ch, &t);
	assert_string_equal(t.text, "");
	inv_lab_event(&l, "net.x.soft", 7, "\"dst_ip\":\"10.1.0.5\",\"banner\":\"Web/2\"");
	inv_lab_event(&l, "net.x.maker", 8, AHU ",\"id\":8");
	tell(&l, &ch, &t);
	assert_string_equal(t.text, "asset.changed vendor Eight V\n"
				    "asset.changed vendor Eight Seven\n"
				    "asset.changed software Web 2 Web 1\n");
	/* The older maker comes again: now both say so at once. */
	inv_lab_event(&l, "net.x.maker", 9, AHU ",\"id\":7");
	tell(&l, &ch, &t);
	assert_string_equal(t.text, "asset.conflict vendor Eight Seven\n");
	ward_changes_fini(&ch);
	inv_lab_close(&l);
}

/* News of later than `until` waits; who answers from the internet is none; what was told is saved.
 */
static void test_news_that_waits(void **state)
{
	struct ward_changes ch, loaded;
	struct inv_lab l;
	struct told t;
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), 1 << 20),
		       again = ward_wr_grow(ward_mem_heap(), 1 << 20);

	(void)state;
	assert_true(inv_lab_open(&l, NULL));
	ward_changes_init(&ch, l.rules, l.hospital.m, ward_mem_heap());
	inv_lab_event(&l, "net.x.ahu", 3, "\"src_ip\":\"10.1.0.99\"");
	inv_lab_event(&l, "net.x.ahu", 3, "\"src_ip\":\"8.8.8.8\"");
	inv_lab_view(&l, true);
	assert_int_equal(l.n, 2);
	for (size_t i = 0; i < l.n; i++)
		ch.until = l.c[i].first - 1;
	tell(&l, &ch, &t);
	assert_string_equal(t.text, "");
	ch.until++;
	tell(&l, &ch, &t);
	assert_string_equal(t.text, "asset.new asset  \n");
	inv_lab_event(&l, "net.x.ahu", 4, "\"src_ip\":\"10.1.0.98\"");
	ch.until = WARD_NS_NEVER;
	tell(&l, &ch, &t);
	ward_changes_save(&ch, &w);
	assert_int_equal(w.len, 2 * sizeof(struct ward_id));
	ward_changes_init(&loaded, l.rules, l.hospital.m, ward_mem_heap());
	assert_int_equal(ward_changes_load(&loaded, ward_wr_slice(&w)), WARD_OK);
	ward_changes_save(&loaded, &again);
	assert_memory_equal(w.p, again.p, w.len);
	tell(&l, &loaded, &t);
	assert_string_equal(t.text, "");
	assert_int_equal(ward_changes_load(&loaded, (struct ward_slice){w.p, w.len - 1}),
		WARD_ERR_MALFORMED);
	ward_changes_fini(&loaded);
	ward_changes_fini(&ch);
	inv_lab_close(&l);
	ward_wr_fini(&w);
	ward_wr_fini(&again);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_known),
		cmocka_unit_test(test_moved),
		cmocka_unit_test(test_by_name),
		cmocka_unit_test(test_changes),
		cmocka_unit_test(test_news_that_waits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
