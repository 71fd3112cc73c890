#include "fuzz.h"

#include "exercise/device_priv.h"
#include "exercise/record.h"
#include "exercise/write.h"
#include "sense/net/net.h"

#include "../unit/exercise/stage.h"

#include <math.h>

/* What two hosts say to each other is the author's, right or wrong. */
static bool talks(const struct ward_step *s)
{
	return s->act == WARD_ACT_TCP || s->act == WARD_ACT_UDP;
}

/* The network sensor takes all frames that a loaded scenario sends, and finds no fault with any but
 * the author's own words (strict: without these). */
static void watch(const struct ward_scenario *s, struct stage *st, bool strict)
{
	struct ward_net_opts opts = {.source = WARD_STR("t"), .epoch = 1};
	struct ward_names names;
	struct ward_net *net;

	WARD_ASSERT(ward_names_init(&names, ward_mem_heap(), &st->lab.lim) == WARD_OK);
	WARD_ASSERT(ward_net_new(ward_mem_heap(), &st->lab.lim, &names, &opts, &net) == WARD_OK);
	for (size_t i = 0; i < s->n_step; i++)
		for (size_t k = 0;
			k < ward_act_frames(&s->step[i]) && !(strict && talks(&s->step[i])); k++) {
			uint8_t buf[WARD_ACT_FRAME_MAX];
			struct ward_wr w = ward_wr_fixed(buf, sizeof(buf));
			struct ward_frame f = {.link = WARD_LINK_ETHERNET};

			ward_act_frame(s, i, k, &w);
			WARD_ASSERT(!ward_wr_bad(&w));
			f.bytes = ward_wr_slice(&w);
			f.len = w.len;
			WARD_ASSERT(ward_net_packet(net, &f, NULL) == WARD_OK);
		}
	for (unsigned i = 0; strict && i < WARD_NET_COUNTER_N; i++) {
		enum ward_net_counter c = (enum ward_net_counter)i;

		WARD_ASSERT(ward_net_counter_info(c)->kind == WARD_NET_INFO ||
			    ward_net_count(net, c) == 0);
	}
	WARD_ASSERT(!strict || ward_net_count(net, WARD_NET_MALFORMED) == 0);
	ward_net_free(net);
	ward_names_fini(&names);
}

static void say(const struct ward_scenario *s)
{
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), WARD_ACT_TEXT_MAX);
	char name[WARD_ACT_TOPIC_MAX];

	for (size_t i = 0; i < s->n_step; i++) {
		struct ward_wr topic = ward_wr_fixed(name, sizeof(name));

		ward_wr_reset(&w);
		if (s->step[i].act == WARD_ACT_SYSLOG || s->step[i].act == WARD_ACT_LOG) {
			ward_act_syslog(s, &s->step[i], ward_record_time(s, &s->step[i]), &w);
		} else if (s->step[i].act == WARD_ACT_MQTT) {
			ward_act_topic(s, &s->step[i], &topic);
			ward_act_payload(&s->step[i], WARD_STR("b"), 0, &w);
		}
		WARD_ASSERT(!ward_wr_bad(&w) && !ward_wr_bad(&topic));
	}
	ward_wr_fini(&w);
}

/* Whatever steps do to controllers, each value stays a number. */
static void write_all(const struct ward_scenario *s, const struct stage *st)
{
	for (size_t i = 0; i < s->n_controller; i++) {
		const struct ward_controller *k = &s->controller[i];
		struct ward_wr w = ward_wr_grow(ward_mem_heap(), 1 << 24);
		struct ward_device *d = NULL;

		ward_device_write_all(k, st->points, &w);
		WARD_ASSERT(!ward_wr_bad(&w));
		WARD_ASSERT(ward_device_new(ward_mem_heap(), ward_device_speaks(k->source->kind),
				    ward_wr_text(&w), &d) == WARD_OK);
		for (size_t n = 0; n < s->n_step; n++)
			ward_write_apply(s, &s->step[n], s->step[n].real, k, d);
		for (size_t n = 0; n < d->n; n++)
			WARD_ASSERT(isfinite(ward_device_worth(&d->value[n], d->lived)));
		ward_device_free(d);
		ward_wr_fini(&w);
	}
}

/* A scenario for a small hospital: loaded or refused with a finding, and what is loaded can be
 * played. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static struct stage st;
	static bool open;
	uint8_t *copy = fuzz_copy(data, len);
	struct ward_scenario *s;

	if (!open) {
		stage_open(&st);
		st.lab.lim.v[WARD_LIMIT_NET_FLOWS] = 1024;
		st.lab.lim.v[WARD_LIMIT_NET_HOSTS] = 256;
		open = true;
	}
	enum ward_err err = stage_load(&st, ward_mem_heap(), ward_slice_of(copy, len), &s);

	WARD_ASSERT(err == WARD_OK || err == WARD_ERR_CONFIG);
	WARD_ASSERT((err == WARD_ERR_CONFIG) == (st.d.n_error > 0));
	if (s) {
		struct ward_wr w = ward_wr_grow(ward_mem_heap(), 64 << 20);

		WARD_ASSERT(ward_record_frames(s, NULL, &w) == WARD_OK && !ward_wr_bad(&w));
		ward_wr_fini(&w);
		watch(s, &st, false);
		watch(s, &st, true);
		say(s);
		write_all(s, &st);
	}
	ward_scenario_free(s);
	ward_diag_fini(&st.d);
	ward_diag_init(&st.d, ward_mem_heap());
	free(copy);
	return 0;
}
