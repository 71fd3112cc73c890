#include "lab.h"

#include "search/query.h"

static bool never(void *ctx, struct ward_str text)
{
	(void)ctx;
	(void)text;
	return false;
}

static bool ask(struct lab *l, const char *item)
{
	struct ward_query q;
	const char *why;

	ward_query_init(&q, &l->names);
	if (ward_query_add(&q, ward_str_z(item), &why) != WARD_OK)
		fail_msg("%s: %s", item, why);
	bool is = ward_query_match(&q, &l->e);

	/* What matches is never passed over. */
	if (is && !ward_query_may(&q, &l->ix))
		fail_msg("%s: matches, and the index says no", item);
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), 1 << 16);

	ward_event_encode(&l->e, &l->names, &w);
	ward_query_settle(&q, never, NULL);
	if (is && !ward_query_stands(&q, ward_wr_slice(&w)))
		fail_msg("%s: matches, and does not stand in the record", item);
	ward_wr_fini(&w);
	return is;
}

static void items(void **state)
{
	static const struct {
		const char *item, *field, *value;
		bool is;
	} row[] = {
		{"10.0.0.5", "src_ip", "10.0.0.5", true},
		{"10.0.0.5", "src_ip", "10.0.0.50", false},
		{"10.0.0.5", "message", "from 10.0.0.5:443, refused", true},
		{"10.0.0.5", "message", "(10.0.0.5).", true},
		{"10.0.0.5", "message", "110.0.0.5", false},
		{"10.0.0.5", "message", "from ::FfFf:a00:5", true},
		{"10.0.0.5", "src_ip", "0:0:0:0:0:ffff:a00:5", true},
		{"::ffff:10.0.0.5", "src_ip", "10.0.0.5", true},
		{"10.0.0.0/24", "src_ip", "10.0.0.77", true},
		{"10.0.0.0/24", "src_ip", "10.0.1.77", false},
		{"10.0.0.0/30", "message", "peer 10.0.0.2!", true},
		{"10.0.0.0/8", "src_ip", "10.200.1.77", true},
		{"fe80::/10", "src_ip", "fe80::1", true},
		{"fe80::", "src_ip", "FE80::", true},
		{"2001:db8::/64", "src_ip", "2001:db8::7", true},
		{"::/70", "src_ip", "10.0.0.5", true},
		{"::/0", "src_ip", "10.0.0.5", true},
		{"00:1b:21:0a:0b:0c", "src_mac", "00-1B-21-0A-0B-0C", true},
		{"001b.210a.0b0c", "message", "port of 00:1b:21:0a:0b:0c", true},
		{"44d88612fea8a8f36de82e1278abb02f", "Hashes",
			"MD5=44D88612FEA8A8F36DE82E1278ABB02F,SHA1=x", true},
		{"44d88612fea8a8f36de82e1278abb02f", "Hashes", "44d88612fea8a8f36de82e1278abb02fa",
			false},
		{"src_ip=10.0.0.0/24", "src_ip", "10.0.0.9", true},
		{"src_ip=10.0.0.0/24", "dst_ip", "10.0.0.9", false},
		{"src_ip=10.0.0.9", "src_ip", "::ffff:10.0.0.9", true},
		{"user=P-*", "user", "p-abc", true},
		{"user=p-abc", "user", "P-ABC", true},
		{"user=p-ab", "user", "p-abc", false},
		{"user=*b*", "user", "p-abc", true},
		{"room=r-1", "ward.room", "r-1", true},
		{"place=r-1", "ward.room", "r-1", true},
		{"room=r-1", "room", "R-1", true},
		{"asset=pump*", "ward.peer_asset", "pump-3", true},
		{"class=door", "x", "y", true},
		{"class=door.*", "x", "y", true},
		{"class=DOOR.forced", "x", "y", true},
		{"class=doo", "x", "y", false},
		{"class=*forced", "x", "y", true},
		{"source=door-*", "x", "y", true},
		{"source=door-1", "x", "y", true},
		{"id=00000000-0000-0000-0000-000000000000", "x", "y", true},
		{"refused", "message", "Access REFUSED by", true},
		{"refused", "message", "refuse", false},
		{"a=b c", "message", "x a=b c y", false},
		{"a b=c", "message", "x A b=C y", true},
		{"zone 7", "message", "in Zone 7", true},
		{"Zürich", "message", "ZüRICH", true},
	};
	struct lab l;

	(void)state;
	lab_init(&l);
	for (size_t i = 0; i < WARD_ARRAY_LEN(row); i++) {
		lab_event(
			&l, "Door.forced", row[i].field, ward_value_str(ward_str_z(row[i].value)));
		if (ask(&l, row[i].item) != row[i].is)
			fail_msg("%s in %s=%s", row[i].item, row[i].field, row[i].value);
	}
	lab_fini(&l);
}

static void other_values(void **state)
{
	struct ward_value list[2] = {
		ward_value_int(47808), ward_value_str(WARD_STR("www.evil.example"))};
	struct lab l;

	(void)state;
	lab_init(&l);
	lab_event(&l, "net.flow", "src_port", ward_value_int(-47));
	assert_true(ask(&l, "src_port=-47"));
	assert_false(ask(&l, "src_port=47"));
	assert_true(ask(&l, "47"));
	lab_event(&l, "net.flow", "x", ward_value_bool(true));
	assert_true(ask(&l, "x=true"));
	lab_event(&l, "net.flow", "x",
		(struct ward_value){.kind = WARD_VALUE_NUM, .s = WARD_STR("1E5")});
	assert_true(ask(&l, "x=1e5"));
	lab_event(&l, "net.flow", "x",
		(struct ward_value){.kind = WARD_VALUE_LIST, .n = 2, .item = list});
	assert_true(ask(&l, "x=47808"));
	assert_true(ask(&l, "x=*.example"));
	assert_false(ask(&l, "x=example"));
	lab_fini(&l);
}

/* Most records that are not meant need no decoding; one that can't be read is left to who decodes.
 */
static void records(void **state)
{
	static const char *const item[] = {"10.0.0.5", "src_ip=10.0.0.5", "user=anna.rossi-1970",
		"44d88612fea8a8f36de82e1278abb02f", "nobody wrote this"};
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), 1 << 16);
	const char *why;
	struct lab l;

	(void)state;
	lab_init(&l);
	lab_event(&l, "net.flow", "message",
		ward_value_str(WARD_STR("10.0.0.50 at aa:bb:cc:ff:fa:00")));
	ward_event_encode(&l.e, &l.names, &w);
	for (size_t i = 0; i < WARD_ARRAY_LEN(item); i++) {
		struct ward_query q;

		ward_query_init(&q, &l.names);
		assert_int_equal(ward_query_add(&q, ward_str_z(item[i]), &why), WARD_OK);
		ward_query_settle(&q, never, NULL);
		assert_true(q.item[0].raw.text.len > 0 && !q.places);
		w.p[0] ^= 1; /* of another version */
		assert_true(ward_query_stands(&q, ward_wr_slice(&w)));
		w.p[0] ^= 1;
		assert_true(ward_query_stands(&q, ward_slice_of(w.p, 3)));
		assert_int_equal(ward_query_stands(&q, ward_wr_slice(&w)), i < 2);
	}
	ward_wr_fini(&w);
	lab_fini(&l);
}

static bool only_room(void *ctx, struct ward_str text)
{
	(void)ctx;
	return ward_str_eqz(text, "room 7");
}

/* A text that a place could have is looked for behind what is added; another where it was sensed.
 */
static void settles(void **state)
{
	struct ward_query q;
	const char *why;
	struct lab l;

	(void)state;
	lab_init(&l);
	ward_query_init(&q, &l.names);
	assert_int_equal(ward_query_add(&q, WARD_STR("sshd"), &why), WARD_OK);
	assert_true(q.places);
	ward_query_settle(&q, only_room, NULL);
	assert_false(q.places);
	assert_int_equal(ward_query_add(&q, WARD_STR("Room 7"), &why), WARD_OK);
	ward_query_settle(&q, only_room, NULL);
	assert_true(q.places);
	assert_int_equal(q.item[1].raw.text.len, 0);
	lab_fini(&l);
}

static void refuses(void **state)
{
	struct ward_query q;
	struct lab l;
	const char *why;
	char text[WARD_TERM_BYTES_MAX + 2];

	(void)state;
	lab_init(&l);
	ward_query_init(&q, &l.names);
	memset(text, 'a', sizeof(text));
	text[sizeof(text) - 1] = 0;
	assert_int_equal(ward_query_add(&q, WARD_STR(""), &why), WARD_ERR_CONFIG);
	assert_int_equal(ward_query_add(&q, WARD_STR("user="), &why), WARD_ERR_CONFIG);
	assert_int_equal(ward_query_add(&q, WARD_STR("id=1"), &why), WARD_ERR_CONFIG);
	assert_int_equal(ward_query_add(&q, ward_str_z(text), &why), WARD_ERR_CONFIG);
	assert_int_equal(q.n, 0);
	for (size_t i = 0; i < WARD_QUERY_ITEMS_MAX; i++)
		assert_int_equal(ward_query_add(&q, WARD_STR("a"), &why), WARD_OK);
	assert_int_equal(ward_query_add(&q, WARD_STR("a"), &why), WARD_ERR_LIMIT);
	lab_fini(&l);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(items),
		cmocka_unit_test(other_values),
		cmocka_unit_test(records),
		cmocka_unit_test(settles),
		cmocka_unit_test(refuses),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
