/* Messages: syslog (RFC 5424) and MQTT. */
#include "exercise/act.h"

#include "base/id.h"

/* RFC 5424 6.2.3: local time with its offset, as a controller's clock shows it. */
static void put_time(struct ward_wr *w, ward_ns t, ward_ns utc_offset)
{
	int year, month, day;
	int64_t s, ms, min = utc_offset / (60 * WARD_NS_PER_S), away = min < 0 ? -min : min;

	ward_time_split(t + utc_offset, &year, &month, &day, &s);
	ms = t % WARD_NS_PER_S / WARD_NS_PER_MS;
	ward_wr_printf(w, "%04d-%02d-%02dT%02d:%02d:%02d.%03d", year, month, day, (int)(s / 3600),
		(int)(s / 60 % 60), (int)(s % 60), (int)ms);
	if (min)
		ward_wr_printf(
			w, "%c%02d:%02d", min < 0 ? '-' : '+', (int)(away / 60), (int)(away % 60));
	else
		ward_wr_ch(w, 'Z');
}

/* RFC 5424 6.3.3: three characters are escaped. */
static void put_param(struct ward_wr *w, struct ward_str key, struct ward_str value)
{
	ward_wr_ch(w, ' ');
	ward_wr_str(w, key);
	ward_wr_z(w, "=\"");
	for (size_t i = 0; i < value.len; i++) {
		if (strchr("\"\\]", value.p[i]) && value.p[i])
			ward_wr_ch(w, '\\');
		ward_wr_ch(w, value.p[i]);
	}
	ward_wr_ch(w, '"');
}

void ward_act_syslog(
	const struct ward_scenario *c, const struct ward_step *s, ward_ns time, struct ward_wr *w)
{
	bool log = s->act == WARD_ACT_LOG;

	WARD_ASSERT(log || s->act == WARD_ACT_SYSLOG);
	ward_wr_z(w, "<134>1 "); /* local0, informational */
	put_time(w, time, c->utc_offset);
	ward_wr_ch(w, ' ');
	if (log) {
		ward_wr_str(w, s->log.host);
		ward_wr_ch(w, ' ');
		ward_wr_str(w, s->log.app);
		ward_wr_z(w, " - - - ");
		ward_wr_str(w, s->log.text);
		return;
	}
	ward_wr_str(w, s->syslog.host);
	ward_wr_z(w, " ward - ");
	ward_wr_str(w, s->syslog.class);
	ward_wr_z(w, " [ward@32473");
	put_param(w, WARD_STR("class"), s->syslog.class);
	for (size_t i = 0; i < s->n_pair; i++)
		put_param(w, s->pair[i].key, s->pair[i].value);
	ward_wr_ch(w, ']');
}

void ward_act_topic(const struct ward_scenario *c, const struct ward_step *s, struct ward_wr *w)
{
	WARD_ASSERT(s->act == WARD_ACT_MQTT);
	ward_wr_z(w, "ward/v1/");
	ward_wr_str(w, ward_model_hospital(c->model)->id);
	ward_wr_ch(w, '/');
	ward_wr_str(w, s->mqtt.kind);
	ward_wr_ch(w, '/');
	ward_wr_str(w, s->mqtt.sensor);
}

void ward_act_payload(
	const struct ward_step *s, struct ward_str boot, ward_ns time, struct ward_wr *w)
{
	struct ward_json j = ward_json_on(w);

	WARD_ASSERT(s->act == WARD_ACT_MQTT);
	ward_json_obj(&j);
	ward_json_key(&j, "boot");
	ward_json_str(&j, boot);
	ward_json_key(&j, "seq");
	ward_json_u64(&j, s->mqtt.seq);
	ward_json_key(&j, "time");
	ward_json_time(&j, time);
	for (size_t i = 0; i < s->n_pair; i++) {
		ward_json_key_str(&j, s->pair[i].key);
		if (s->pair[i].raw)
			ward_json_raw(&j, s->pair[i].value);
		else
			ward_json_str(&j, s->pair[i].value);
	}
	ward_json_obj_end(&j);
}

struct ward_str ward_act_boot(
	const struct ward_scenario *c, ward_ns performance, char ret[WARD_ACT_BOOT])
{
	struct ward_wr w = ward_wr_fixed(ret, WARD_ACT_BOOT);
	struct ward_idgen g;

	ward_idgen_init(&g, "exercise.boot");
	ward_idgen_str(&g, c->id);
	ward_idgen_u64(&g, (uint64_t)performance);
	struct ward_id id = ward_idgen_final(&g);

	ward_wr_hex(&w, ward_slice_of(id.b, WARD_ACT_BOOT / 2));
	return ward_wr_text(&w);
}
