-- Recordings that lack something: events that were lost, or are not known not to have been; malformed lines
select host, recording, files, lost_events, malformed
from recordings
where isNull(lost_events) or lost_events > 0 or malformed > 0
order by host, recording
