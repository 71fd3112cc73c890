/* Everything that the flow collector counts. Nothing is left out of the events without one of
 * these.
 */
#ifndef WARD_SENSE_FLOW_COUNTERS_H
#define WARD_SENSE_FLOW_COUNTERS_H

/* X(IDENT, "name"). Names in "reject" end the datagram and give net.malformed; "odd" was accepted
 * although wrong; "skip" was understood as far as stated; "loss" did not arrive or did not fit. */
#define WARD_EXPORT_COUNTER_LIST(X)                       \
	X(DATAGRAMS, "flow.datagrams")                    \
	X(BYTES, "flow.bytes")                            \
	X(NETFLOW5, "flow.netflow5")                      \
	X(NETFLOW9, "flow.netflow9")                      \
	X(IPFIX, "flow.ipfix")                            \
	X(SFLOW5, "flow.sflow5")                          \
	X(RECORDS, "flow.records")                        \
	X(OPTIONS, "flow.options")                        \
	X(TEMPLATES, "flow.templates")                    \
	X(EXPORTERS, "flow.exporters")                    \
	X(EVENTS, "flow.events")                          \
	X(SHORT, "flow.reject.short")                     \
	X(VERSION, "flow.reject.version")                 \
	X(NETFLOW5_LENGTH, "flow.reject.netflow5.length") \
	X(IPFIX_LENGTH, "flow.reject.ipfix.length")       \
	X(SET_LENGTH, "flow.reject.set.length")           \
	X(TEMPLATE_ID, "flow.reject.template.id")         \
	X(TEMPLATE_FIELDS, "flow.reject.template.fields") \
	X(TEMPLATE_EMPTY, "flow.reject.template.empty")   \
	X(TEMPLATE_SHORT, "flow.reject.template.short")   \
	X(TEMPLATE_SCOPE, "flow.reject.template.scope")   \
	X(RECORD_SHORT, "flow.reject.record.short")       \
	X(SFLOW_AGENT, "flow.reject.sflow.agent")         \
	X(SFLOW_SAMPLE, "flow.reject.sflow.sample")       \
	X(SFLOW_RECORD, "flow.reject.sflow.record")       \
	X(SFLOW_HEADER, "flow.reject.sflow.header")       \
	X(MALFORMED_HELD, "flow.malformed_held")          \
	X(SEQUENCE_LATE, "flow.odd.sequence.late")        \
	X(SEQUENCE_RESTART, "flow.odd.sequence.restart")  \
	X(TIME, "flow.odd.time")                          \
	X(WITHDRAWAL, "flow.odd.template.withdrawal")     \
	X(NO_TEMPLATE, "flow.skip.no_template")           \
	X(SET_RESERVED, "flow.skip.set.reserved")         \
	X(NO_ADDRESS, "flow.skip.no_address")             \
	X(SFLOW_FORMAT, "flow.skip.sflow.format")         \
	X(SFLOW_LINK, "flow.skip.sflow.link")             \
	X(TEMPLATE_EXPIRED, "flow.skip.template.expired") \
	X(LOST_RECORDS, "flow.loss.records")              \
	X(LOST_DATAGRAMS, "flow.loss.datagrams")          \
	X(EXPORTER_EVICTED, "flow.loss.exporter_evicted") \
	X(TEMPLATE_EVICTED, "flow.loss.template_evicted") \
	X(TEMPLATE_REFUSED, "flow.loss.template_refused") \
	X(NOMEM, "flow.loss.memory")                      \
	X(EVENTS_LOST, "flow.loss.event")

enum ward_export_counter {
#define X(IDENT, name) WARD_EXPORT_##IDENT,
	WARD_EXPORT_COUNTER_LIST(X)
#undef X
		WARD_EXPORT_COUNTER_N,
};

#endif
