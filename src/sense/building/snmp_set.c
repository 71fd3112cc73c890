#include "sense/building/snmp_set.h"

#include "sense/building/snmp_priv.h"

enum { BULK = 24 }; /* names of some length fit into a datagram */

static void copy_oid(const struct ward_snmp_oid *from, oid to[WARD_SNMP_IDS])
{
	for (size_t i = 0; i < from->n; i++)
		to[i] = from->id[i];
}

/* What a walk is at. */
struct walk {
	const struct ward_snmp_walk *w;
	oid column[WARD_SNMP_IDS], last[MAX_OID_LEN];
	size_t len; /* of last */
	uint32_t index[MAX_OID_LEN];
	unsigned n;
	bool over;
};

/* RFC 3416 4.2.3: each behind the one before; who answers otherwise could hold us for ever. */
static enum ward_snmp_end take_rows(struct walk *k, const netsnmp_variable_list *var)
{
	size_t n = k->w->column.n;

	if (!var)
		k->over = true;
	for (; var && !k->over; var = var->next_variable) {
		struct ward_snmp_value v = {.reason = NULL};

		if (var->type == SNMP_ENDOFMIBVIEW || var->name_length <= n ||
			snmp_oid_ncompare(var->name, var->name_length, k->column, n, n) != 0) {
			k->over = true;
			return WARD_SNMP_DONE;
		}
		if (snmp_oid_compare(var->name, var->name_length, k->last, k->len) <= 0 ||
			++k->n > WARD_SNMP_ROWS)
			return WARD_SNMP_WRONG;
		k->len = var->name_length;
		for (size_t i = 0; i < k->len; i++)
			k->last[i] = var->name[i];
		for (size_t i = n; i < k->len; i++) /* a number of an identifier has 32 bits */
			k->index[i - n] = (uint32_t)var->name[i];
		snmp_take(var, &v);
		k->over = !k->w->row(k->w->ctx, k->index, k->len - n, &v);
	}
	return WARD_SNMP_DONE;
}

enum ward_snmp_end ward_snmp_walk(
	struct ward_snmp *s, const struct ward_snmp_walk *w, const char **ret_why)
{
	struct walk k = {.w = w, .len = w->column.n};
	enum ward_snmp_end e = WARD_SNMP_DONE;

	copy_oid(&w->column, k.column);
	copy_oid(&w->column, k.last);
	while (!e && !k.over) {
		netsnmp_pdu *answer, *pdu = snmp_pdu_create(SNMP_MSG_GETBULK);

		if (pdu) {
			pdu->non_repeaters = 0;
			pdu->max_repetitions = BULK;
			(void)snmp_add_null_var(pdu, k.last, k.len);
		}
		e = snmp_ask(s, pdu, &answer, ret_why);
		if (!e)
			e = take_rows(&k, answer->variables);
		if (answer)
			snmp_free_pdu(answer);
	}
	return e;
}

/* RFC 3416 3 */
static const char *status_name(long status)
{
	static const char *const name[] = {"noError", "tooBig", "noSuchName", "badValue",
		"readOnly", "genErr", "noAccess", "wrongType", "wrongLength", "wrongEncoding",
		"wrongValue", "noCreation", "inconsistentValue", "resourceUnavailable",
		"commitFailed", "undoFailed", "authorizationError", "notWritable",
		"inconsistentName"};

	return status >= 0 && (size_t)status < WARD_ARRAY_LEN(name) ? name[status] : "an error";
}

enum ward_snmp_end ward_snmp_set(struct ward_snmp *s, const struct ward_snmp_oid *what,
	enum ward_snmp_type type, uint32_t value, const char **ret_why)
{
	netsnmp_pdu *answer, *pdu = snmp_pdu_create(SNMP_MSG_SET);
	oid name[WARD_SNMP_IDS];
	long number = (long)value;

	copy_oid(what, name);
	if (pdu)
		(void)snmp_pdu_add_variable(pdu, name, what->n,
			type == WARD_SNMP_INTEGER ? ASN_INTEGER : ASN_UNSIGNED, &number,
			sizeof(number));
	enum ward_snmp_end e = snmp_ask(s, pdu, &answer, ret_why);

	if (e == WARD_SNMP_REFUSED && answer && answer->command == SNMP_MSG_RESPONSE)
		*ret_why = status_name(answer->errstat);
	if (answer)
		snmp_free_pdu(answer);
	return e;
}
