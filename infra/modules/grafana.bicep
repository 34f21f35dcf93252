// A Grafana that reads the hub's telemetry as its own identity. Its dashboards are files in ../dashboards.
param name string
param location string
param zoneRedundant bool
param publicNetworkAccess string

@description('The group in Microsoft Entra that administers it; empty for none.')
param adminGroupId string

param tags object

var monitoringReader = '43d0d8ad-25c7-4714-9337-8ba259a9fe05'
var grafanaAdmin = '22926164-76b3-42b3-bc55-97df8dab3e41'

resource grafana 'Microsoft.Dashboard/grafana@2024-10-01' = {
  name: name
  location: location
  sku: { name: 'Standard' }
  identity: { type: 'SystemAssigned' }
  tags: tags
  properties: {
    apiKey: 'Disabled'
    zoneRedundancy: zoneRedundant ? 'Enabled' : 'Disabled'
    publicNetworkAccess: publicNetworkAccess
  }
}

resource reader 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(resourceGroup().id, grafana.id, monitoringReader)
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', monitoringReader)
    principalId: grafana.identity.principalId
    principalType: 'ServicePrincipal'
  }
}

resource admin 'Microsoft.Authorization/roleAssignments@2022-04-01' = if (!empty(adminGroupId)) {
  name: guid(grafana.id, adminGroupId, grafanaAdmin)
  scope: grafana
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', grafanaAdmin)
    principalId: adminGroupId
    principalType: 'Group'
  }
}

output name string = grafana.name
