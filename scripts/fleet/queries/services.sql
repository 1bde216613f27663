-- What each service acknowledged and sent again, both ends together: flows --group port
select service_port,
       countIf(figure = 'id') as flows,
       sumIf(number, figure in ('acked_bytes', 'peer_acked_bytes')) as acked_bytes,
       sumIf(number, figure in ('retransmits', 'peer_retransmits')) as retransmits,
       sumIf(number, figure in ('wire_resent_segs', 'peer_wire_resent_segs')) as wire_resent_segs,
       sumIf(number, figure in ('recoveries', 'peer_recoveries')) as recoveries,
       sumIf(number, figure in ('timeouts', 'peer_timeouts')) as timeouts
from figures
where figure in ('id', 'acked_bytes', 'peer_acked_bytes', 'retransmits', 'peer_retransmits', 'wire_resent_segs',
    'peer_wire_resent_segs', 'recoveries', 'peer_recoveries', 'timeouts', 'peer_timeouts')
group by service_port
order by acked_bytes desc, service_port
