/* Who signed in, what became of an account, and who searched the past, as `login` put it on record:
 * told on, so that whoever answers for privacy reads it beside who looked and who decided. Judges
 * nothing. */
#include "brain/priv.h"

enum { TEXT_MAX = 128 };

static void put_id(struct ward_json *j, struct ward_id is)
{
	char id[WARD_ID_TEXT];

	ward_id_text(is, id);
	ward_json_key(j, "id");
	ward_json_z(j, id);
}

static struct ward_str get(struct ward_brain *b, const struct ward_event *e, const char *field)
{
	return ward_event_str(e, ward_name(b->c.names, ward_str_z(field)));
}

/* Guesses at names that are nobody's are many, and of no person: the journal has them. */
enum ward_err ward_brain_account(struct ward_brain *b, const struct ward_event *e)
{
	struct ward_json j = ward_json_on(&b->json);
	static const struct {
		const char *key, *field;
	} row[] = {{"what", "account.what"}, {"person", "account.person"}, {"by", "account.by"},
		{"from", "account.from"}, {"on", "account.on"}};

	if (!ward_str_eqz(ward_name_text(b->c.names, e->class), "ward.account") ||
		!get(b, e, "account.person").len)
		return WARD_OK;
	ward_wr_reset(&b->json);
	ward_json_obj(&j);
	ward_json_key(&j, "kind");
	ward_json_z(&j, "account");
	put_id(&j, e->id);
	ward_json_key(&j, "revision");
	ward_json_u64(&j, 1);
	ward_json_key(&j, "time");
	ward_json_time(&j, e->time);
	for (size_t i = 0; i < WARD_ARRAY_LEN(row); i++) {
		ward_json_key(&j, row[i].key);
		ward_json_str(&j, ward_str_sub(get(b, e, row[i].field), 0, TEXT_MAX));
	}
	ward_json_obj_end(&j);
	ward_count_name(b->c.counters, "brain.accounts", 1);
	ward_brain_put(b, WARD_OUTPUT_ACCOUNT, e->id, 1, e->time);
	return b->err;
}
