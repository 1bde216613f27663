-- Connections that the receiver's window limited, those that carried most first
-- top = 50: so many
select host, recording, flow, src, dst, bytes, goodput_bps, limited_share, limited_from
from flows
where limited_by = 'rwnd'
order by bytes desc, host, recording, flow
limit {top}
