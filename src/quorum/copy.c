/* Rows of the store by COPY (PostgreSQL 15, SQL COPY, "Binary Format"). */
#include "quorum/priv.h"

#include <libpq-fe.h>

void quorum_copy_begin(struct ward_wr *w)
{
	static const uint8_t begin[] = "PGCOPY\n\377\r\n";

	ward_wr_reset(w);
	ward_wr_bytes(w, begin, sizeof(begin)); /* with its zero */
	ward_wr_be64(w, 0);                     /* no flags, no more of a header */
}

enum ward_err quorum_until_copy(struct ward_quorum *q)
{
	enum ward_err err = quorum_flush(q);
	bool ready = false;

	while (!err && !ready) {
		PGresult *r = NULL;

		err = quorum_result(q, &r);
		if (err)
			break;
		ExecStatusType t = r ? PQresultStatus(r) : PGRES_FATAL_ERROR;

		ready = t == PGRES_COPY_IN;
		if (!ready && t != PGRES_TUPLES_OK && t != PGRES_COMMAND_OK)
			err = r ? quorum_failed(q, r)
				: quorum_lost(q, "it takes no rows", WARD_ERR_AGAIN);
		PQclear(r);
	}
	return err;
}

enum ward_err quorum_send_rows(struct ward_quorum *q)
{
	enum { PART = 1 << 20 };
	enum ward_err err = WARD_OK;

	for (size_t off = 0; !err && off < q->out.len;) {
		size_t n = q->out.len - off < PART ? q->out.len - off : PART;
		int done = PQputCopyData(q->pg, (const char *)q->out.p + off, (int)n);

		if (done < 0)
			return quorum_lost(q, PQerrorMessage(q->pg), WARD_ERR_AGAIN);
		off += done ? n : 0;
		err = quorum_flush(q);
	}
	while (!err) {
		int done = PQputCopyEnd(q->pg, NULL);

		if (done < 0)
			return quorum_lost(q, PQerrorMessage(q->pg), WARD_ERR_AGAIN);
		if (done)
			break;
		err = quorum_flush(q);
	}
	return err;
}
