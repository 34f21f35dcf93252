// The shapes of parameters that more than one file has.

@export()
@description('An application of the hub, and who works on it.')
type Application = {
  @description('Its name, as in config/applications/<name>.')
  @minLength(1)
  name: string

  @description('The object id of its team\'s group in Microsoft Entra.')
  @minLength(36)
  @maxLength(36)
  teamGroupId: string

  @description('Who else may read of its data; nobody unless given.')
  readers: LayerReader[]?
}

@description('A group that reads the data of an application, layer by layer.')
type LayerReader = {
  @description('The object id of the group in Microsoft Entra.')
  @minLength(36)
  @maxLength(36)
  groupId: string

  @description('The layers whose tables it may read.')
  @minLength(1)
  layers: ('staging' | 'standardization' | 'service')[]
}

@export()
@description('An event hub.')
type EventHub = {
  @description('Its name.')
  name: string

  @description('How many partitions it has; what reads it scales to as many instances.')
  @minValue(1)
  @maxValue(32)
  partitions: int

  @description('For how many hours it keeps events. The hub reads a gap again from here, so it must be longer than the longest outage.')
  @minValue(1)
  @maxValue(168)
  retentionHours: int
}

@export()
@description('What runs the hub: Flex Consumption costs nothing while nothing runs; Premium has warm instances and deployment slots.')
@discriminator('kind')
type Plan = FlexConsumption | Premium

type FlexConsumption = {
  kind: 'flexConsumption'

  @description('Memory of an instance in MB; a pipeline gets 60 % of it. 4096 unless given.')
  memory: (2048 | 4096)?

  @description('How many instances there are at most; 40 unless given.')
  @minValue(1)
  @maxValue(1000)
  maximumInstances: int?

  @description('How many instances for HTTP are always ready; none unless given.')
  @minValue(0)
  alwaysReady: int?
}

type Premium = {
  kind: 'premium'

  @description('The size of an instance; EP2 unless given.')
  size: ('EP1' | 'EP2' | 'EP3')?

  @description('How many instances there are at most; 20 unless given.')
  @minValue(1)
  @maxValue(100)
  maximumInstances: int?
}

@export()
@description('The identity of the app, as roles and settings name it.')
type Identity = {
  @description('The resource\'s id.')
  id: string

  @description('The object id, for role assignments.')
  principalId: string

  @description('The client id, for settings.')
  clientId: string
}

@export()
@description('Where private endpoints are made; null for none.')
type PrivateNetwork = {
  @description('The subnet of the endpoints.')
  endpointSubnetId: string

  @description('The private DNS zones, by the group id of the endpoint.')
  zoneIds: { *: string }
}
