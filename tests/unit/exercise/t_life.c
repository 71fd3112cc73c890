/* Ordinary life beside the pilots' scenarios: the same seed gives the same, none of it is the
 * story's, and each sensor hears it without fault. */
#include "exercise/life.h"

#include "exercise/record.h"
#include "sense/field/field.h"
#include "sense/net/net.h"

#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static const char *const pilots[] = {"turin", "marseille", "amsterdam"};
static const ward_ns hour = 3600 * WARD_NS_PER_S;

struct house {
	struct ward_limits lim;
	struct ward_diag d;
	struct ward_model *m;
	struct ward_names names;
	struct ward_counters counters;
	struct ward_wr out;
	struct ward_net *net;
	uint64_t seq; /* of frames */
	size_t n_act[WARD_ACT_N + 1];
};

static void path_of(char ret[512], const char *below, const char *name)
{
	const char *root = getenv("WARD_SOURCE_ROOT");

	assert_non_null(root);
	(void)snprintf(ret, 512, "%.200s/%s/%.200s", root, below, name);
}

static void house_open(struct house *h, const char *pilot)
{
	char dir[512], content[512];

	*h = (struct house){.seq = 1};
	path_of(dir, "pilots", pilot);
	path_of(content, "content", "");
	ward_limits_default(&h->lim);
	ward_diag_init(&h->d, ward_mem_heap());
	ward_counters_init(&h->counters);
	assert_int_equal(
		ward_model_load(dir, content, &h->lim, ward_mem_heap(), &h->d, &h->m), WARD_OK);
	assert_int_equal(ward_names_init(&h->names, ward_mem_heap(), &h->lim), WARD_OK);
	h->out = ward_wr_grow(ward_mem_heap(), 1 << 26);
}

static void house_close(struct house *h)
{
	if (h->net)
		ward_net_free(h->net);
	ward_wr_fini(&h->out);
	ward_names_fini(&h->names);
	ward_model_free(h->m);
	ward_diag_fini(&h->d);
}

static struct ward_scenario *story_of(struct house *h, const char *pilot, const char *name)
{
	const struct ward_scenario_in in = {h->m, &h->lim, ward_mem_heap(), &h->d, NULL};
	struct ward_scenario *s = NULL;
	char dir[512], below[128];

	(void)snprintf(below, sizeof(below), "pilots/%s/scenarios", pilot);
	path_of(dir, below, name);
	assert_int_equal(ward_scenario_load(dir, &in, &s), WARD_OK);
	return s;
}

static struct ward_scenario *life_of(
	struct house *h, const struct ward_scenario *story, const char *seed, ward_ns lasts)
{
	const struct ward_life_in in = {
		story, ward_str_z(seed), lasts, lasts, &h->lim, ward_mem_heap(), &h->d};
	struct ward_scenario *life = NULL;

	assert_int_equal(ward_life_new(&in, &life), WARD_OK);
	assert_int_equal(h->d.n_error, 0);
	return life;
}

static bool same_pairs(const struct ward_step *a, const struct ward_step *b)
{
	for (size_t i = 0; i < a->n_pair; i++)
		if (!ward_str_eq(a->pair[i].key, b->pair[i].key) ||
			!ward_str_eq(a->pair[i].value, b->pair[i].value))
			return false;
	return true;
}

static bool same(const struct ward_scenario *a, const struct ward_scenario *b)
{
	struct ward_wr w[2] = {
		ward_wr_grow(ward_mem_heap(), 1 << 26), ward_wr_grow(ward_mem_heap(), 1 << 26)};
	bool is = a->n_step == b->n_step;

	for (size_t i = 0; is && i < a->n_step; i++)
		is = a->step[i].at == b->step[i].at && a->step[i].act == b->step[i].act &&
		     a->step[i].n_pair == b->step[i].n_pair && same_pairs(&a->step[i], &b->step[i]);
	ward_record_syslog(a, NULL, &w[0]);
	ward_record_syslog(b, NULL, &w[1]);
	assert_int_equal(ward_record_frames(a, NULL, &w[0]), WARD_OK);
	assert_int_equal(ward_record_frames(b, NULL, &w[1]), WARD_OK);
	assert_false(ward_wr_bad(&w[0]) || ward_wr_bad(&w[1]));
	is = is && ward_str_eq(ward_wr_text(&w[0]), ward_wr_text(&w[1]));
	ward_wr_fini(&w[0]);
	ward_wr_fini(&w[1]);
	return is;
}

/* Is that a word by which the story names a door, reader, badge, camera or sensor? */
static bool names(const struct ward_scenario *story, struct ward_str word)
{
	for (size_t i = 0; i < story->lead.n_step; i++) {
		const struct ward_step *s = &story->step[i];

		if (s->act == WARD_ACT_MQTT && ward_str_eq(s->mqtt.sensor, word))
			return true;
		for (size_t k = 0; s->act == WARD_ACT_SYSLOG && k < s->n_pair; k++)
			if (ward_str_eq(s->pair[k].value, word))
				return true;
	}
	return false;
}

static bool host_is(const struct ward_scenario *s, uint32_t host, struct ward_str id)
{
	return host != WARD_NONE && ward_str_eq(s->host[host].id, id);
}

/* Does the machine take part in what the story's truth is about? */
static bool takes_part(const struct ward_scenario *story, struct ward_str id)
{
	for (size_t i = 0; i < story->lead.n_step; i++) {
		const struct ward_step *s = &story->step[i];

		if (i < story->n_step && !s->truth)
			continue;
		if (host_is(story, s->from, id) ||
			(s->act == WARD_ACT_ARP && host_is(story, s->arp.answer, id)) ||
			(s->act == WARD_ACT_BACNET && host_is(story, s->bacnet.to, id)) ||
			((s->act == WARD_ACT_TCP || s->act == WARD_ACT_UDP) &&
				host_is(story, s->talk.to, id)) ||
			(s->act == WARD_ACT_LOG && ward_str_eq(s->log.host, id)))
			return true;
	}
	for (size_t i = 0; i < story->n_stand; i++)
		if (host_is(story, story->stand[i].host, id))
			return true;
	return false;
}

static void is_apart(const struct ward_scenario *story, const struct ward_scenario *life)
{
	static const char *const words[] = {"door", "reader", "badge", "camera"};

	for (size_t i = 0; i < life->n_step; i++) {
		const struct ward_step *s = &life->step[i];

		assert_null(s->truth);
		for (size_t k = 0; s->act == WARD_ACT_SYSLOG && k < s->n_pair; k++)
			for (size_t w = 0; w < WARD_ARRAY_LEN(words); w++)
				if (ward_str_eqz(s->pair[k].key, words[w]))
					assert_false(names(story, s->pair[k].value));
		if (s->act == WARD_ACT_MQTT)
			assert_false(names(story, s->mqtt.sensor));
		if (s->act == WARD_ACT_LOG)
			assert_false(takes_part(story, s->log.host));
	}
	for (size_t i = 0; i < life->n_host; i++)
		assert_false(takes_part(story, life->host[i].id));
}

/* Each who passes a door opens it and closes it, in that order, and within the time. */
static void doors_close(const struct ward_scenario *life, ward_ns lasts)
{
	static const char *const order[] = {"door.granted", "door.opened", "door.closed"};

	for (size_t i = 0; i < life->n_step; i++) {
		const struct ward_step *s = &life->step[i];
		size_t next = 1;

		assert_true(s->at >= 0 && s->at <= lasts && s->real == s->at);
		if (s->act != WARD_ACT_SYSLOG || !ward_str_eqz(s->syslog.class, order[0]))
			continue;
		assert_false(ward_life_rests(life, i + 1));
		for (size_t k = i + 1; k < life->n_step && next < WARD_ARRAY_LEN(order); k++) {
			const struct ward_step *t = &life->step[k];

			if (t->act != WARD_ACT_SYSLOG ||
				!ward_str_eq(t->pair[0].value, s->pair[0].value) ||
				ward_str_eqz(t->syslog.class, "video.count"))
				continue;
			assert_true(ward_str_eqz(t->syslog.class, order[next++]));
		}
		assert_int_equal(next, WARD_ARRAY_LEN(order));
	}
	assert_true(ward_life_rests(life, life->n_step));
}

static enum ward_err put(void *ctx, const struct ward_event *e)
{
	struct house *h = ctx;

	ward_event_write_json(e, &h->names, &h->out);
	ward_wr_ch(&h->out, '\n');
	return WARD_OK;
}

/* One for all lives of a hospital: it is large. */
static void net_open(struct house *h)
{
	struct ward_net_opts opts = {.source = WARD_STR("t"), .epoch = 1};
	struct ward_limits lim = h->lim;

	lim.v[WARD_LIMIT_NET_HOSTS] = lim.v[WARD_LIMIT_NET_FLOWS] = 1024;
	lim.v[WARD_LIMIT_NET_STREAMS] = 256;
	lim.v[WARD_LIMIT_NET_STATES] = 1024;
	assert_int_equal(ward_net_new(ward_mem_heap(), &lim, &h->names, &opts, &h->net), WARD_OK);
}

static void heard_on_wires(struct house *h, const struct ward_scenario *life)
{
	const struct ward_net_sink sink = {put, h};

	if (!h->net)
		net_open(h);
	for (size_t i = 0; i < life->n_step; i++)
		for (size_t k = 0; k < ward_act_frames(&life->step[i]); k++) {
			uint8_t buf[WARD_ACT_FRAME_MAX];
			struct ward_wr w = ward_wr_fixed(buf, sizeof(buf));
			ward_ns at = (ward_ns)h->seq * 100 * WARD_NS_PER_MS;

			ward_act_frame(life, i, k, &w);
			assert_false(ward_wr_bad(&w));
			struct ward_frame f = {.time = at,
				.seen = at,
				.seq = h->seq++,
				.link = WARD_LINK_ETHERNET,
				.bytes = ward_wr_slice(&w),
				.len = w.len};

			assert_int_equal(ward_net_packet(h->net, &f, &sink), WARD_OK);
		}
	for (unsigned i = 0; i < WARD_NET_COUNTER_N; i++) {
		enum ward_net_counter c = (enum ward_net_counter)i;

		if (ward_net_counter_info(c)->kind != WARD_NET_INFO && ward_net_count(h->net, c))
			fail_msg("%s", ward_net_counter_info(c)->name);
	}
	assert_int_equal(ward_net_count(h->net, WARD_NET_MALFORMED), 0);
}

static void heard_of_sensors(struct house *h, const struct ward_scenario *life)
{
	struct ward_field_opts o = {.mem = ward_mem_heap(),
		.lim = &h->lim,
		.names = &h->names,
		.counters = &h->counters,
		.sink = {put, h}};
	struct ward_wr payload = ward_wr_grow(o.mem, WARD_ACT_TEXT_MAX);
	struct ward_field_sensor *field;
	char boot[WARD_ACT_BOOT];
	struct ward_str text = ward_act_boot(life, life->start, boot);

	assert_int_equal(ward_field_new(&o, &field), WARD_OK);
	for (size_t i = 0; i < life->n_step; i++) {
		const struct ward_step *s = &life->step[i];
		char name[WARD_ACT_TOPIC_MAX];
		struct ward_wr topic = ward_wr_fixed(name, sizeof(name));

		if (s->act != WARD_ACT_MQTT)
			continue;
		ward_wr_reset(&payload);
		ward_act_topic(life, s, &topic);
		ward_act_payload(s, text, ward_record_time(life, s), &payload);
		assert_int_equal(ward_field_message(field, ward_wr_text(&topic),
					 ward_wr_slice(&payload), ward_record_arrival(life, s)),
			WARD_OK);
	}
	ward_wr_fini(&payload);
	ward_field_free(field);
}

/* No sensor refuses or doubts anything of it. */
static void is_heard(struct house *h, const struct ward_scenario *life)
{
	static const char *const bad[] = {
		"malformed", "field.refused", "source.gap", "net.anomaly"};

	ward_wr_reset(&h->out);
	heard_on_wires(h, life);
	heard_of_sensors(h, life);
	assert_false(ward_wr_bad(&h->out));
	for (size_t i = 0; i < WARD_ARRAY_LEN(bad); i++)
		if (ward_str_find(ward_wr_text(&h->out), ward_str_z(bad[i])) != SIZE_MAX)
			fail_msg("%s", bad[i]);
	for (size_t i = 0; i < life->n_step; i++)
		h->n_act[life->step[i].act]++;
}

static void live_all(const char *pilot)
{
	char below[128], dir[512];
	struct house h;
	const struct dirent *file;

	house_open(&h, pilot);
	(void)snprintf(below, sizeof(below), "pilots/%s/scenarios", pilot);
	path_of(dir, below, "");
	DIR *list = opendir(dir);

	assert_non_null(list);
	while ((file = readdir(list)) != NULL) {
		if (file->d_name[0] == '.')
			continue;
		struct ward_scenario *story = story_of(&h, pilot, file->d_name);
		struct ward_scenario *life = life_of(&h, story, "a", hour / 6);

		assert_true(life->n_step > 0);
		is_apart(story, life);
		doors_close(life, hour / 6);
		is_heard(&h, life);
		ward_scenario_free(life);
		ward_scenario_free(story);
	}
	(void)closedir(list);
	assert_true(h.n_act[WARD_ACT_SYSLOG] && h.n_act[WARD_ACT_MQTT] && h.n_act[WARD_ACT_BACNET]);
	if (strcmp(pilot, "amsterdam") == 0)
		assert_true(
			h.n_act[WARD_ACT_TCP] && h.n_act[WARD_ACT_UDP] && h.n_act[WARD_ACT_LOG]);
	house_close(&h);
}

static void test_life_of_each_story(void **state)
{
	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(pilots); i++)
		live_all(pilots[i]);
}

/* All of what the wires of a hospital can carry is said at once, if there is time at all. */
static void test_all_is_said(void **state)
{
	static const char *const classes[] = {"net.hl7.message", "net.hl7.ack", "net.dicom.c_echo",
		"net.dicom.c_store", "net.dns.query", "net.dns.response", "net.smb.open",
		"net.smtp.message", "net.bacnet.read_property", "net.bacnet.ack",
		"env.temperature"};
	struct house h;

	(void)state;
	house_open(&h, "amsterdam");
	struct ward_scenario *story = story_of(&h, "amsterdam", "vermist");
	struct ward_scenario *life = life_of(&h, story, "a", 60 * WARD_NS_PER_S);

	is_heard(&h, life);
	for (size_t i = 0; i < WARD_ARRAY_LEN(classes); i++)
		if (ward_str_find(ward_wr_text(&h.out), ward_str_z(classes[i])) == SIZE_MAX)
			fail_msg("no %s", classes[i]);
	assert_true(ward_str_find(ward_wr_text(&h.out), WARD_STR("net.smb.rename")) == SIZE_MAX);
	ward_scenario_free(life);
	ward_scenario_free(story);
	house_close(&h);
}

static void test_a_seed_is_a_life(void **state)
{
	struct house h;

	(void)state;
	house_open(&h, "amsterdam");
	struct ward_scenario *story = story_of(&h, "amsterdam", "infuus");
	struct ward_scenario *a = life_of(&h, story, "a", hour / 4);
	struct ward_scenario *again = life_of(&h, story, "a", hour / 4);
	struct ward_scenario *b = life_of(&h, story, "b", hour / 4);

	assert_true(same(a, again));
	assert_false(same(a, b));
	assert_int_equal(a->start, story->start);
	assert_int_equal(a->expect.incidents, 0);
	ward_scenario_free(a);
	ward_scenario_free(again);
	ward_scenario_free(b);
	ward_scenario_free(story);
	house_close(&h);
}

static size_t passages(const struct ward_scenario *life)
{
	size_t n = 0;

	for (size_t i = 0; i < life->n_step; i++)
		n += life->step[i].act == WARD_ACT_SYSLOG &&
		     ward_str_eqz(life->step[i].syslog.class, "door.granted");
	return n;
}

/* By day more people pass doors than by night; where there is no room for all, there is life to the
 * end all the same. */
static void test_a_day_has_hours(void **state)
{
	struct house h;

	(void)state;
	house_open(&h, "marseille");
	struct ward_scenario *day = story_of(&h, "marseille", "visites");
	struct ward_scenario *night = story_of(&h, "marseille", "isole");
	struct ward_scenario *a = life_of(&h, day, "a", hour);
	struct ward_scenario *b = life_of(&h, night, "a", hour);

	assert_true(passages(a) > 3 * passages(b));
	assert_true(passages(b) > 0);
	ward_scenario_free(a);
	ward_scenario_free(b);
	h.lim.v[WARD_LIMIT_EXERCISE_STEPS] = 400;
	a = life_of(&h, day, "a", 24 * hour);
	assert_true(a->n_step <= 400 && a->n_step > 250);
	assert_true(a->step[a->n_step - 1].at > 22 * hour);
	assert_true(passages(a) > 30);
	ward_scenario_free(a);
	ward_scenario_free(day);
	ward_scenario_free(night);
	house_close(&h);
}

/* A story that is over at once has no life beside it; and what has no step can be recorded. */
static void test_no_time(void **state)
{
	struct house h;
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), 1 << 16);

	(void)state;
	house_open(&h, "turin");
	struct ward_scenario *story = story_of(&h, "turin", "followed");
	struct ward_scenario *life = life_of(&h, story, "a", 0);

	assert_int_equal(life->n_step, 0);
	assert_true(ward_life_rests(life, 0));
	ward_record_syslog(life, NULL, &w);
	assert_int_equal(w.len, 0);
	assert_int_equal(ward_life_recorded(story), 150 * WARD_NS_PER_S);
	assert_int_equal(ward_life_recorded(life), 0);
	ward_wr_fini(&w);
	ward_scenario_free(life);
	ward_scenario_free(story);
	house_close(&h);
}

/* In a recording both are one behind the other by time, and the story's own bytes are what they
 * were. */
static void test_recorded_beside(void **state)
{
	struct house h;

	(void)state;
	house_open(&h, "turin");
	struct ward_scenario *story = story_of(&h, "turin", "badge");
	struct ward_scenario *life = life_of(&h, story, "a", ward_life_recorded(story));
	struct ward_record_walk walk = {.of = {story, life}};
	ward_ns before = 0;
	size_t n = 0, of_story = 0;

	while (ward_record_next(&walk)) {
		ward_ns at = ward_record_time(walk.in, walk.step);

		assert_true(at >= before);
		before = at;
		if (walk.in == story)
			assert_ptr_equal(walk.step, &story->step[of_story++]);
		n++;
	}
	assert_int_equal(of_story, story->n_step);
	assert_int_equal(n, story->n_step + life->n_step);
	assert_false(ward_record_next(&walk));
	ward_scenario_free(life);
	ward_scenario_free(story);
	house_close(&h);
}

static void test_memory(void **state)
{
	struct ward_mem_failing f;
	struct house h;
	uint64_t n = 0;
	enum ward_err err = WARD_ERR_NOMEM;

	(void)state;
	house_open(&h, "turin");
	struct ward_scenario *story = story_of(&h, "turin", "followed");

	while (err) {
		struct ward_scenario *life = NULL;
		const struct ward_life_in in = {
			story, WARD_STR("a"), 60 * WARD_NS_PER_S, 0, &h.lim, &f.mem, &h.d};

		ward_mem_failing_init(&f, ++n);
		err = ward_life_new(&in, &life);
		assert_true(err == WARD_OK || err == WARD_ERR_NOMEM);
		assert_true((err == WARD_OK) == (life != NULL));
		ward_scenario_free(life);
	}
	assert_true(n > 3);
	ward_scenario_free(story);
	house_close(&h);
}

int main(void)
{
	const struct CMUnitTest all[] = {cmocka_unit_test(test_life_of_each_story),
		cmocka_unit_test(test_all_is_said), cmocka_unit_test(test_a_seed_is_a_life),
		cmocka_unit_test(test_a_day_has_hours), cmocka_unit_test(test_no_time),
		cmocka_unit_test(test_recorded_beside), cmocka_unit_test(test_memory)};

	return cmocka_run_group_tests(all, NULL, NULL);
}
