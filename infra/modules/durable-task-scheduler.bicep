// What keeps the histories of orchestrations.
param name string
param location string

@description('Whether it has a unit of its own; otherwise it is paid by action.')
param isDedicated bool

param zoneRedundant bool
param appPrincipalId string
param tags object

var durableTaskDataContributor = '0ad04412-c4d5-4796-b79c-f76d14c8d402'

resource scheduler 'Microsoft.DurableTask/schedulers@2025-11-01' = {
  name: name
  location: location
  tags: tags
  properties: {
    ipAllowlist: ['0.0.0.0/0']
    sku: isDedicated ? { name: 'Dedicated', capacity: zoneRedundant ? 3 : 1 } : { name: 'Consumption' }
  }
}

// One for the app, and one for its staging slot.
resource taskHubs 'Microsoft.DurableTask/schedulers/taskHubs@2025-11-01' = [
  for name in ['ServerlessHub', 'Staging']: {
    parent: scheduler
    name: name
    properties: {}
  }
]

// The hub keeps its own history of runs; what has ended is only in the way here.
resource retention 'Microsoft.DurableTask/schedulers/retentionPolicies@2025-11-01' = {
  parent: scheduler
  name: 'default'
  properties: { retentionPolicies: [{ retentionPeriodInDays: 7 }] }
}

resource contributor 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(scheduler.id, appPrincipalId, durableTaskDataContributor)
  scope: scheduler
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', durableTaskDataContributor)
    principalId: appPrincipalId
    principalType: 'ServicePrincipal'
  }
}

output endpoint string = scheduler.properties.endpoint
